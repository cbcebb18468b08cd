package main

import (
	"bufio"
	"fmt"
	"os"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
)

var stdin = bufio.NewReader(os.Stdin)

// kill asks whoever started this program to kill the server and start it again, and waits until that is done.
func (t *T) kill() {
	fmt.Println("KILL")
	_, err := stdin.ReadString('\n')
	t.must(err)
}

// killShapes run one after the other, each with a server that dies in the middle. Workers and client are never told.
var killShapes = []Shape{
	{"journeys go on where they were, and acknowledged signals and updates are there", func(t *T) {
		const count = 10
		handles, pushed := make([]client.WorkflowRun, count), make([]int, count)
		for index := range handles {
			handles[index] = t.plain(Journey, 12)
		}
		stop := make(chan struct{})
		var group sync.WaitGroup
		for index, handle := range handles {
			group.Go(func() {
				for number := 0; ; number++ {
					select {
					case <-stop:
						return
					case <-time.After(50 * time.Millisecond):
					}
					// The SDK tries again what the connection lost; the id makes that one update.
					updated, err := t.update(handle, client.UpdateWorkflowOptions{UpdateID: fmt.Sprint(number), UpdateName: "push"})
					if err == nil && updated.Get(t.ctx, nil) == nil {
						pushed[index]++
					}
				}
			})
		}
		for range 3 {
			time.Sleep(300 * time.Millisecond)
			t.kill()
		}
		close(stop)
		group.Wait()
		for index, handle := range handles {
			t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "end", nil))
			var steps, pushes int
			_, err := fmt.Sscanf(t.text(handle), "%d steps, %d pushes", &steps, &pushes)
			t.must(err)
			t.check(steps == 12 && pushes >= pushed[index] && pushed[index] > 0, "%d steps, %d pushes of which %d acknowledged", steps, pushes, pushed[index])
			t.history(handle)
		}
	}},
	{"a running activity goes on through a kill, and answers when the server is back", func(t *T) {
		handle := t.plain(RunActivity, Call{Name: "Nap", Args: []any{1500}, Options: workflow.ActivityOptions{RetryPolicy: once}})
		t.untilEvent(handle, enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
		t.eventually(func() bool {
			return len(t.describe(handle).PendingActivities) == 1 && t.describe(handle).PendingActivities[0].LastStartedTime != nil
		})
		t.kill()
		var slept int
		t.must(handle.Get(t.ctx, &slept))
		t.equal(slept, 1500)
	}},
	{"signals sent in a row keep their order through kills", func(t *T) {
		handle := t.plain(Sum, 0)
		for digit := 1; digit <= 8; digit++ {
			t.signal(handle, "add", digit)
			if digit%4 == 0 {
				t.kill()
			}
		}
		t.eventually(func() bool { sum, err := t.query(handle, "sum"); return err == nil && sum == 12345678 })
	}},
	{"a parent and its children find each other again", func(t *T) {
		handles := []client.WorkflowRun{}
		for range 10 {
			handles = append(handles, t.plain(Parent, ChildCall{"Naps", nil, childOptions{}}))
		}
		t.kill()
		for _, handle := range handles {
			var seen []string
			t.must(handle.Get(t.ctx, &seen))
			t.equal(len(seen), 5)
		}
	}},
	{"sessions and local activities outlive a kill", func(t *T) {
		local := t.start(options{WorkflowTaskTimeout: 2 * time.Second}, LocalRetries)
		t.untilEvent(local, enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED)
		t.kill()
		t.equal(t.text(local), "2 1500")
	}},
}
