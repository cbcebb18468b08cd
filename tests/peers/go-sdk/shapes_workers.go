package main

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// changedWorker knows one workflow, under the name of another.
func (t *T) changedWorker(queue string, options worker.Options, form any) worker.Worker {
	made := worker.New(t.client, queue, options)
	made.RegisterWorkflowWithOptions(form, workflow.RegisterOptions{Name: "Changing"})
	t.must(made.Start())
	return made
}

func fixedTuner() worker.WorkerTuner {
	tuner, _ := worker.NewFixedSizeTuner(worker.FixedSizeTunerOptions{NumWorkflowSlots: 3, NumActivitySlots: 3, NumLocalActivitySlots: 3, NumNexusSlots: 1})
	return tuner
}

var pollers = worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{InitialNumberOfPollers: 2, MinimumNumberOfPollers: 1, MaximumNumberOfPollers: 8})

var workerShapes = []Shape{
	workerShape("with one poll and one slot of each kind", worker.Options{MaxConcurrentActivityTaskPollers: 1, MaxConcurrentWorkflowTaskPollers: 2,
		MaxConcurrentActivityExecutionSize: 1, MaxConcurrentWorkflowTaskExecutionSize: 2, MaxConcurrentLocalActivityExecutionSize: 1}),
	workerShape("with autoscaling polls", worker.Options{WorkflowTaskPollerBehavior: pollers, ActivityTaskPollerBehavior: pollers}),
	workerShape("with slots by a tuner", worker.Options{Tuner: fixedTuner()}),
	workerShape("with limits of activities per second", worker.Options{WorkerActivitiesPerSecond: 100, TaskQueueActivitiesPerSecond: 100}),
	workerShape("with an identity, a build id and short stickiness", worker.Options{Identity: "somebody", BuildID: "1.2.3", StickyScheduleToStartTimeout: time.Second}),
	{"a version lets new code meet old histories", func(t *T) {
		queue := t.id("version")
		first := t.changedWorker(queue, worker.Options{}, Changing)
		old := t.start(options{TaskQueue: queue}, "Changing")
		t.untilEvent(old, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
		first.Stop()
		worker.PurgeStickyWorkflowCache()
		second := t.changedWorker(queue, worker.Options{}, ChangingWithVersion)
		defer second.Stop()
		young := t.start(options{TaskQueue: queue}, "Changing")
		t.untilEvent(young, enumspb.EVENT_TYPE_MARKER_RECORDED)
		for handle, wanted := range map[client.WorkflowRun]string{old: "old", young: "new"} {
			t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "end", nil))
			t.equal(t.text(handle), wanted)
		}
		t.answered(func() bool {
			return t.count(fmt.Sprintf("TemporalChangeVersion = 'a-change-1' AND WorkflowId = '%s'", young.GetID())) == 1
		})
	}},
	{"careless code fails workflow tasks until it is right again", func(t *T) {
		queue := t.id("careless")
		first := t.changedWorker(queue, worker.Options{}, ChangingWithVersion)
		handle := t.start(options{TaskQueue: queue, WorkflowTaskTimeout: 2 * time.Second}, "Changing")
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
		first.Stop()
		worker.PurgeStickyWorkflowCache()
		second := t.changedWorker(queue, worker.Options{}, ChangingCarelessly)
		t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "end", nil))
		failed := t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
		t.equal(failed.Cause, enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
		second.Stop()
		third := t.changedWorker(queue, worker.Options{}, ChangingWithVersion)
		defer third.Stop()
		t.equal(t.text(handle), "new")
	}},
	{"a panic fails the workflow where its worker says so", func(t *T) {
		queue := t.id("panic")
		running := t.changedWorker(queue, worker.Options{WorkflowPanicPolicy: worker.FailWorkflow}, func(workflow.Context) error { panic("a bug") })
		defer running.Stop()
		t.is(t.start(options{TaskQueue: queue}, "Changing").Get(t.ctx, nil), "a bug")
	}},
	{"a workflow goes on with a new worker after the first has stopped", func(t *T) {
		queue := t.id("handover")
		first := t.startWorker(queue, worker.Options{})
		handle := t.start(options{TaskQueue: queue}, Sum, 0)
		t.signal(handle, "add", 4)
		sum, err := t.query(handle, "sum")
		t.must(err)
		first.Stop()
		second := t.startWorker(queue, worker.Options{})
		defer second.Stop()
		t.signal(handle, "add", 2)
		t.signal(handle, "command", "end")
		t.must(handle.Get(t.ctx, &sum))
		t.equal(sum, 42)
	}},
	{"queries and signals come out the same with an empty cache", func(t *T) {
		handle := t.plain(Sum, 0)
		for digit := 1; digit < 5; digit++ {
			worker.PurgeStickyWorkflowCache()
			t.signal(handle, "add", digit)
		}
		worker.PurgeStickyWorkflowCache()
		sum, err := t.query(handle, "sum")
		t.must(err)
		t.equal(sum, 1234)
	}},
	{"two workers share a queue, and every workflow runs once", func(t *T) {
		queue := t.id("shared")
		for range 2 {
			running := t.startWorker(queue, worker.Options{})
			defer running.Stop()
		}
		handles := []client.WorkflowRun{}
		for range 20 {
			handles = append(handles, t.start(options{TaskQueue: queue}, RunActivity, Call{Name: "Greet", Args: []any{"x"}}))
		}
		for _, handle := range handles {
			t.equal(t.text(handle), "hello x")
			t.equal(len(t.events(handle)), 5)
		}
	}},
	{"headers travel from client to workflow, activity and child", func(t *T) {
		colourful := t.options
		colourful.ContextPropagators = []workflow.ContextPropagator{colours{}}
		inner, err := client.Dial(colourful)
		t.must(err)
		defer inner.Close()
		queue := t.id("colours")
		running := worker.New(inner, queue, worker.Options{})
		register(running)
		t.must(running.Start())
		defer running.Stop()
		handle, err := inner.ExecuteWorkflow(context.WithValue(t.ctx, colourKey, "green"), t.filled(options{TaskQueue: queue}), Colours, 1)
		t.must(err)
		var seen []string
		t.must(handle.Get(t.ctx, &seen))
		t.equal(seen, "[green green green green]")
	}},
	{"a codec hides arguments and results, and clients without it see bytes", func(t *T) {
		hidden := t.options
		hidden.DataConverter = converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), converter.NewZlibCodec(converter.ZlibCodecOptions{AlwaysEncode: true}))
		inner, err := client.Dial(hidden)
		t.must(err)
		defer inner.Close()
		queue := t.id("codec")
		running := worker.New(inner, queue, worker.Options{})
		register(running)
		t.must(running.Start())
		defer running.Stop()
		handle, err := inner.ExecuteWorkflow(t.ctx, t.filled(options{TaskQueue: queue}), RunActivity, Call{Name: "Greet", Args: []any{"secret"}})
		t.must(err)
		t.equal(t.text(handle), "hello secret")
		events := t.history(handle)
		payload := events[len(events)-1].GetWorkflowExecutionCompletedEventAttributes().Result.Payloads[0]
		t.equal(string(payload.Metadata["encoding"]), "binary/zlib")
	}},
	{"fetched histories replay in the SDK", func(t *T) {
		replayer := worker.NewWorkflowReplayer()
		for _, run := range []any{Sum, Naps, Parent, Locally, RunActivity} {
			replayer.RegisterWorkflow(run)
		}
		summed := t.plain(Sum, 0)
		_, err := t.add(summed, 3)
		t.must(err)
		t.signal(summed, "command", "end")
		for _, handle := range []client.WorkflowRun{summed, t.plain(Naps), t.plain(Locally),
			t.plain(Parent, ChildCall{"Echo", []any{1}, childOptions{}}), t.plain(RunActivity, Call{Name: "Greet", Args: []any{"x"}})} {
			t.must(handle.Get(t.ctx, nil))
			t.must(replayer.ReplayWorkflowHistory(silentLogger{}, &history.History{Events: t.history(handle)}))
		}
	}},
}

func workerShape(title string, given worker.Options) Shape {
	return Shape{"a worker " + title + " runs everything", func(t *T) {
		queue := t.id("worker")
		running := t.startWorker(queue, given)
		defer running.Stop()
		start := options{TaskQueue: queue}
		var characters int
		many, naps, locally := t.start(start, GreetMany, 20), t.start(start, Naps), t.start(start, Locally)
		t.must(many.Get(t.ctx, &characters))
		t.equal(characters, 20*6+10+10*2)
		t.must(naps.Get(t.ctx, nil))
		t.equal(t.text(locally), "hello local 3")
	}}
}
