import type { EnumModel } from "./model.ts";
import { banner } from "./source.ts";

/** `enums.js`: an object of numbers for each enum. */
export function enumsSource(enums: readonly EnumModel[]): string {
  return (
    banner() +
    enums.map(({ name, values }) => `\nexport const ${name} = {\n${rows(values, (row) => `${row},`)}};\n`).join("")
  );
}

/** `enums.d.ts`: the object's type and, of the same name, the union of its numbers. */
export function enumsDeclaration(enums: readonly EnumModel[]): string {
  return (
    banner() +
    enums
      .map(
        ({ name, fullName, values }) =>
          `\n/** \`${fullName}\` */\nexport declare const ${name}: {\n${rows(values, (row) => `readonly ${row};`)}};\n` +
          `export type ${name} = (typeof ${name})[keyof typeof ${name}];\n`,
      )
      .join("")
  );
}

function rows(values: EnumModel["values"], line: (row: string) => string): string {
  return values.map(({ name, number }) => `  ${line(`${name}: ${number}`)}\n`).join("");
}
