package main

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

var once = &temporal.RetryPolicy{MaximumAttempts: 1}

func every(interval time.Duration) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: interval, BackoffCoefficient: 1}
}

var activityShapes = append([]Shape{
	{"an activity takes and returns structures and bytes", func(t *T) {
		greeting := Greeting{Word: "hi", Names: []string{"a"}, Raw: make([]byte, 500_000)}
		var back Greeting
		handle := t.plain(RunActivity, Call{Name: "GreetTyped", Args: []any{greeting}})
		t.must(handle.Get(t.ctx, &back))
		t.equal([]any{back.Word, back.Names, len(back.Raw)}, "[hi [a hi] 500000]")
		t.equal(t.events(handle), "[WorkflowExecutionStarted ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted WorkflowExecutionCompleted]")
	}},
	{"an activity is retried until it succeeds, and its history tells of one start", func(t *T) {
		handle := t.plain(RunActivity, Call{Name: "FailUntil", Args: []any{3}, Options: workflow.ActivityOptions{RetryPolicy: every(10 * time.Millisecond)}})
		t.must(handle.Get(t.ctx, nil))
		for _, event := range t.history(handle) {
			if started := event.GetActivityTaskStartedEventAttributes(); started != nil {
				t.equal([]any{started.Attempt, started.LastFailure.GetMessage()}, "[3 attempt 2]")
			}
		}
	}},
	{"an activity names the delay of its next attempt itself", func(t *T) {
		handle := t.plain(RunActivity, Call{Name: "FailWithDelay", Options: workflow.ActivityOptions{RetryPolicy: every(time.Hour)}})
		t.equal(t.text(handle), "after the delay")
	}},
	{"an attempt begins from the heartbeat of the one before, which timed out", func(t *T) {
		handle := t.plain(RunActivity, Call{Name: "HeartbeatThenHang", Options: workflow.ActivityOptions{
			HeartbeatTimeout: time.Second, RetryPolicy: every(10 * time.Millisecond)}})
		t.equal(t.text(handle), "went on from half")
	}},
	{"an activity that waits for its retry shows its failure in the description", func(t *T) {
		handle := t.plain(RunActivity, Call{Name: "FailUntil", Args: []any{9}, Options: workflow.ActivityOptions{RetryPolicy: every(time.Hour)}})
		t.untilDescribed(handle, func(reply *workflowservice.DescribeWorkflowExecutionResponse) bool {
			return len(reply.PendingActivities) == 1 && reply.PendingActivities[0].LastFailure.GetMessage() == "attempt 1" &&
				reply.PendingActivities[0].Attempt == 2
		})
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), "", "seen"))
	}},
	{"three hundred activities run side by side", func(t *T) {
		var characters int
		t.must(t.plain(GreetMany, 300).Get(t.ctx, &characters))
		t.equal(characters, 300*6+10+90*2+200*3)
	}},
	{"activities on another queue run on that queue only", func(t *T) {
		queue := t.id("other")
		running := worker.New(t.client, queue, worker.Options{DisableWorkflowWorker: true})
		registerActivities(running)
		t.must(running.Start())
		defer running.Stop()
		handle := t.plain(RunActivity, Call{Name: "DescribeMyself", Options: workflow.ActivityOptions{TaskQueue: queue}})
		t.equal(t.text(handle), queue+" DescribeMyself 1 20s")
	}},
	{"an activity is dispatched eagerly, or not when the worker does not want it", func(t *T) {
		for _, isDisabled := range []bool{false, true} {
			queue := t.id("eager-activity")
			running := t.startWorker(queue, worker.Options{DisableEagerActivities: isDisabled})
			handle := t.start(options{TaskQueue: queue}, RunActivity, Call{Name: "Greet", Args: []any{"eager"}})
			t.equal(t.text(handle), "hello eager")
			running.Stop()
		}
	}},
	cancelShape("an activity is cancelled without waiting for it", false),
	cancelShape("an activity is cancelled, learns of it by its heartbeat and says so", true),
	elsewhere("an activity is completed by token", func(t *T, token []byte, id string) {
		t.must(t.client.RecordActivityHeartbeat(t.ctx, token, "alive"))
		t.must(t.client.CompleteActivity(t.ctx, token, "done", nil))
	}, "done", ""),
	elsewhere("an activity is completed by id", func(t *T, token []byte, id string) {
		t.must(t.client.RecordActivityHeartbeatByID(t.ctx, namespace, id, "", "the-activity", "alive"))
		t.must(t.client.CompleteActivityByID(t.ctx, namespace, id, "", "the-activity", "done", nil))
	}, "done", ""),
	elsewhere("an activity is failed by token", func(t *T, token []byte, id string) {
		t.must(t.client.CompleteActivity(t.ctx, token, nil, temporal.NewApplicationError("from elsewhere", "Elsewhere")))
	}, "", "from elsewhere"),
	elsewhere("an activity is failed by id", func(t *T, token []byte, id string) {
		failure := temporal.NewApplicationError("from elsewhere", "Elsewhere")
		t.must(t.client.CompleteActivityByID(t.ctx, namespace, id, "", "the-activity", nil, failure))
	}, "", "from elsewhere"),
	{"local activities are retried and leave markers only", func(t *T) {
		handle := t.plain(Locally)
		t.equal(t.text(handle), "hello local 3")
		t.equal(t.events(handle), "[WorkflowExecutionStarted MarkerRecorded MarkerRecorded WorkflowExecutionCompleted]")
	}},
	{"a local activity outlives its workflow task, and waits for its retry in a timer", func(t *T) {
		handle := t.start(options{WorkflowTaskTimeout: time.Second}, LocalRetries)
		t.equal(t.text(handle), "2 1500")
		t.check(inOrder(t.events(handle), "TimerStarted", "TimerFired", "MarkerRecorded", "MarkerRecorded"), "%v", t.events(handle))
	}},
	{"the activities of a session run on one worker", func(t *T) {
		queue := t.id("session")
		running := t.startWorker(queue, worker.Options{EnableSessionWorker: true})
		defer running.Stop()
		var queues []string
		t.must(t.start(options{TaskQueue: queue}, Session).Get(t.ctx, &queues))
		t.check(queues[0] == queues[1] && queues[0] != queue+" DescribeMyself 1 20s", "%v", queues)
	}},
}, failingActivities()...)

func failingActivities() []Shape {
	shapes := []Shape{}
	for _, row := range []struct {
		title, name string
		args        []any
		options     workflow.ActivityOptions
		says        string
		last        string
	}{
		{"fails for good when its failure says so", "FailForGood", []any{"non-retryable"}, workflow.ActivityOptions{}, "no more", "ActivityTaskFailed"},
		{"fails for good when its policy excludes the type of the failure", "FailForGood", []any{"excluded"},
			workflow.ActivityOptions{RetryPolicy: &temporal.RetryPolicy{NonRetryableErrorTypes: []string{"Excluded"}}}, "excluded", "ActivityTaskFailed"},
		{"fails when its attempts are used up", "FailUntil", []any{9},
			workflow.ActivityOptions{RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Millisecond, MaximumAttempts: 2}}, "attempt 2", "ActivityTaskFailed"},
		{"runs into its start-to-close time-out", "Hang", nil, workflow.ActivityOptions{StartToCloseTimeout: time.Second, RetryPolicy: once}, "StartToClose", "ActivityTaskTimedOut"},
		{"runs into its schedule-to-close time-out", "Hang", nil, workflow.ActivityOptions{ScheduleToCloseTimeout: time.Second, RetryPolicy: once}, "ScheduleToClose", "ActivityTaskTimedOut"},
		{"runs into its schedule-to-start time-out", "Hang", nil, workflow.ActivityOptions{ScheduleToStartTimeout: time.Second, TaskQueue: "nobody-polls"}, "ScheduleToStart", "ActivityTaskTimedOut"},
		{"runs into its heartbeat time-out", "Hang", nil, workflow.ActivityOptions{HeartbeatTimeout: time.Second, RetryPolicy: once}, "Heartbeat", "ActivityTaskTimedOut"},
	} {
		shapes = append(shapes, Shape{"an activity " + row.title, func(t *T) {
			handle := t.plain(RunActivity, Call{Name: row.name, Args: row.args, Options: row.options})
			err := handle.Get(t.ctx, nil)
			t.is(err, row.says)
			var activity *temporal.ActivityError
			t.check(errors.As(err, &activity), "%v", err)
			t.equal(activity.ActivityType().Name, row.name)
			events := t.events(handle)
			t.equal(events[len(events)-2], row.last)
		}})
	}
	return shapes
}

func cancelShape(name string, wait bool) Shape {
	return Shape{name, func(t *T) {
		handle := t.plain(CancelActivity, wait)
		t.untilDescribed(handle, func(reply *workflowservice.DescribeWorkflowExecutionResponse) bool {
			return len(reply.PendingActivities) == 1 && reply.PendingActivities[0].HeartbeatDetails != nil
		})
		t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "cancel", nil))
		t.equal(t.text(handle), "true")
		t.check(inOrder(t.events(handle), "ActivityTaskCancelRequested", "WorkflowExecutionCompleted"), "%v", t.events(handle))
		t.equal(inOrder(t.events(handle), "ActivityTaskCanceled"), wait)
	}}
}

// elsewhere is about an activity that somebody other than its worker ends, by `act`.
func elsewhere(name string, act func(t *T, token []byte, id string), result, failure string) Shape {
	return Shape{name, func(t *T) {
		handle := t.plain(RunActivity, Call{Name: "CompleteElsewhere", Options: workflow.ActivityOptions{ActivityID: "the-activity", RetryPolicy: once}})
		var token []byte
		t.untilDescribed(handle, func(reply *workflowservice.DescribeWorkflowExecutionResponse) bool {
			if len(reply.PendingActivities) == 0 || reply.PendingActivities[0].HeartbeatDetails == nil {
				return false
			}
			t.equal(reply.PendingActivities[0].State, enumspb.PENDING_ACTIVITY_STATE_STARTED)
			t.must(converter.GetDefaultDataConverter().FromPayloads(reply.PendingActivities[0].HeartbeatDetails, &token))
			return true
		})
		act(t, token, handle.GetID())
		if failure != "" {
			t.is(handle.Get(t.ctx, nil), failure)
			return
		}
		t.equal(t.text(handle), result)
		t.check(isNotFound(t.client.CompleteActivity(context.Background(), token, "again", nil)), "a second completion is taken")
	}}
}
