import { Perdure, proxyActivities, sleep } from "perdure";

// Activities do the work that may fail: they are tried again until they succeed.
const activities = {
  async charge(order: string): Promise<string> {
    console.log(`charging for ${order}`);
    return `receipt of ${order}`;
  },
  async ship(order: string): Promise<string> {
    console.log(`shipping ${order}`);
    return `parcel with ${order}`;
  },
};

const { charge, ship } = proxyActivities<typeof activities>({ startToCloseTimeout: "10 seconds" });

// A workflow is ordinary code that survives: what it has done, it never does again.
async function placeOrder(order: string): Promise<string> {
  const receipt = await charge(order);
  await sleep("5 seconds"); // Kill the program here and start it again: nobody is charged twice.
  return `${receipt}, ${await ship(order)}`;
}

const perdure = await Perdure.open({ workflows: { placeOrder }, activities });
console.log(await perdure.execute(placeOrder, { workflowId: "order-1", args: ["a book"] }));
await perdure.close();
