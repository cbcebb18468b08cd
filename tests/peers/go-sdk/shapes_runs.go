package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

type options = client.StartWorkflowOptions

var runShapes = []Shape{
	{"a workflow returns what it was given", func(t *T) {
		handle := t.plain(Echo, map[string]any{"text": "ünïcödé", "list": []any{1, nil}})
		var value any
		t.must(handle.Get(t.ctx, &value))
		t.equal(value, "map[list:[1 <nil>] text:ünïcödé]")
		t.equal(t.events(handle), "[WorkflowExecutionStarted WorkflowExecutionCompleted]")
	}},
	{"a workflow fails with type, details and cause", func(t *T) {
		err := t.plain(FailPlainly, "OutOfStock").Get(t.ctx, nil)
		var application *temporal.ApplicationError
		t.check(errors.As(err, &application), "%v", err)
		var word string
		var number int
		t.must(application.Details(&word, &number))
		t.equal([]any{application.Type(), application.Message(), word, number}, "[OutOfStock out of stock detail 7]")
		t.is(errors.Unwrap(application), "the cause")
	}},
	{"a workflow and an activity of unregistered types meet the dynamic ones", func(t *T) {
		t.equal(t.text(t.plain(Dynamic)), "UnheardOf x, Unknown y")
	}},
	{"coroutines share a semaphore, a mutex and a channel", func(t *T) {
		var result int
		t.must(t.plain(Tasks).Get(t.ctx, &result))
		t.equal(result, 152)
	}},
	{"ids are reused as the reuse policy says", func(t *T) {
		id := t.id("reuse")
		t.must(t.start(options{ID: id}, Echo, 1).Get(t.ctx, nil))
		refused := options{ID: id, WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
			WorkflowExecutionErrorWhenAlreadyStarted: true}
		_, err := t.client.ExecuteWorkflow(t.ctx, t.filled(refused), Echo, 1)
		t.check(temporal.IsWorkflowExecutionAlreadyStartedError(err), "%v", err)
		refused.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY
		_, err = t.client.ExecuteWorkflow(t.ctx, t.filled(refused), Echo, 1)
		t.check(temporal.IsWorkflowExecutionAlreadyStartedError(err), "%v", err)
		t.must(t.start(options{ID: id}, Echo, 2).Get(t.ctx, nil))
	}},
	{"the id of a running workflow is taken as the conflict policy says", func(t *T) {
		first := t.plain(WaitForever)
		same := options{ID: first.GetID(), WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING}
		t.equal(t.start(same, WaitForever).GetRunID(), first.GetRunID())
		same.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
		t.must(t.start(same, Echo, 1).Get(t.ctx, nil))
		terminated := t.client.GetWorkflow(t.ctx, first.GetID(), first.GetRunID()).Get(t.ctx, nil)
		t.is(terminated, "terminated")
	}},
	{"options reach the workflow and its description", func(t *T) {
		handle := t.start(options{
			WorkflowExecutionTimeout: time.Hour, WorkflowRunTimeout: 30 * time.Minute, WorkflowTaskTimeout: 5 * time.Second,
			Memo: map[string]any{"note": "remember"}, StaticSummary: "in short", StaticDetails: "at length",
			Priority: temporal.Priority{PriorityKey: 2, FairnessKey: "tenant", FairnessWeight: 3},
		}, WaitForever)
		reply := t.describe(handle)
		config := reply.ExecutionConfig
		times := []any{config.WorkflowExecutionTimeout.AsDuration(), config.WorkflowRunTimeout.AsDuration(),
			config.DefaultWorkflowTaskTimeout.AsDuration()}
		t.equal(times, "[1h0m0s 30m0s 5s]")
		priority := reply.WorkflowExecutionInfo.Priority
		t.equal([]any{priority.PriorityKey, priority.FairnessKey, priority.FairnessWeight}, "[2 tenant 3]")
		described, err := t.client.DescribeWorkflow(t.ctx, handle.GetID(), "")
		t.must(err)
		var note string
		t.must(described.GetMemoValue("note", &note))
		summary, err := described.GetStaticSummary()
		t.must(err)
		details, err := described.GetStaticDetails()
		t.must(err)
		t.equal([]any{note, summary, details}, "[remember in short at length]")
	}},
	{"a delayed start waits", func(t *T) {
		handle := t.start(options{StartDelay: 1200 * time.Millisecond}, Echo, "late")
		t.equal(len(t.history(handle)), 1)
		t.equal(t.text(handle), "late")
		events := t.history(handle)
		t.check(events[1].EventTime.AsTime().Sub(events[0].EventTime.AsTime()) >= time.Second, "%v", events)
	}},
	{"an eager start hands the first task to the starter", func(t *T) {
		queue := t.id("eager")
		running := t.startWorker(queue, worker.Options{})
		defer running.Stop()
		handle := t.start(options{TaskQueue: queue, EnableEagerStart: true}, Echo, "eager")
		t.equal(t.text(handle), "eager")
		started := t.history(handle)[0].GetWorkflowExecutionStartedEventAttributes()
		t.check(started.EagerExecutionAccepted, "the start was not eager: %v", started)
	}},
	{"a workflow runs into its time-outs", func(t *T) {
		for _, handle := range []client.WorkflowRun{
			t.start(options{WorkflowRunTimeout: time.Second}, WaitForever),
			t.start(options{WorkflowExecutionTimeout: time.Second}, WaitForever),
		} {
			err := handle.Get(t.ctx, nil)
			var timeout *temporal.TimeoutError
			t.check(errors.As(err, &timeout), "%v", err)
			t.equal(t.events(handle), "[WorkflowExecutionStarted WorkflowExecutionTimedOut]")
		}
	}},
	{"a chain of runs ends with the result of its last", func(t *T) {
		handle := t.plain(CountDown, 3)
		before := t.text(handle)
		t.check(before != "" && before != handle.GetRunID(), "the run before the last is %s", before)
		t.equal(t.events(t.client.GetWorkflow(t.ctx, handle.GetID(), handle.GetFirstExecutionRunID())),
			"[WorkflowExecutionStarted WorkflowExecutionContinuedAsNew]")
	}},
	{"a workflow is retried in new runs until it succeeds", func(t *T) {
		policy := &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, BackoffCoefficient: 1}
		var attempt int
		t.must(t.start(options{RetryPolicy: policy}, FailUntilRun, int32(3)).Get(t.ctx, &attempt))
		t.equal(attempt, 3)
	}},
	{"a cron workflow runs again, hands its result on and outlives a failure", func(t *T) {
		handle := t.start(options{CronSchedule: "@every 1s"}, Often)
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
		t.eventually(func() bool {
			last := t.historyOf(handle.GetID(), "")
			started := last[0].GetWorkflowExecutionStartedEventAttributes()
			return started.ContinuedFailure != nil && started.LastCompletionResult != nil
		})
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), "", "enough"))
	}},
	{"a workflow is cancelled and cleans up", func(t *T) {
		handle := t.plain(CleanUp)
		t.untilEvent(handle, enumspb.EVENT_TYPE_TIMER_STARTED)
		t.must(t.client.CancelWorkflow(t.ctx, handle.GetID(), handle.GetRunID()))
		t.equal(t.text(handle), "hello cleaner after canceled")
		t.check(inOrder(t.events(handle), "TimerStarted", "WorkflowExecutionCancelRequested", "TimerCanceled",
			"ActivityTaskScheduled", "ActivityTaskCompleted", "WorkflowExecutionCompleted"), "%v", t.events(handle))
	}},
	{"a workflow is terminated with a reason, and takes nothing more", func(t *T) {
		handle := t.plain(WaitForever)
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), handle.GetRunID(), "a reason", "detail"))
		var terminated *temporal.TerminatedError
		t.check(errors.As(handle.Get(t.ctx, nil), &terminated), "it was not terminated")
		events := t.history(handle)
		t.equal(events[len(events)-1].GetWorkflowExecutionTerminatedEventAttributes().Reason, "a reason")
		for _, err := range []error{
			t.client.SignalWorkflow(t.ctx, handle.GetID(), handle.GetRunID(), "end", nil),
			t.client.CancelWorkflow(t.ctx, t.id("nobody"), ""),
			t.client.TerminateWorkflow(t.ctx, handle.GetID(), handle.GetRunID(), ""),
		} {
			t.check(isNotFound(err), "%v", err)
		}
	}},
	{"a workflow is deleted, history and all", func(t *T) {
		handle := t.plain(Echo, 1)
		t.must(handle.Get(t.ctx, nil))
		described := t.describe(handle)
		_, err := t.client.WorkflowService().DeleteWorkflowExecution(t.ctx, &workflowservice.DeleteWorkflowExecutionRequest{
			Namespace: namespace, WorkflowExecution: described.WorkflowExecutionInfo.Execution})
		t.must(err)
		t.eventually(func() bool {
			_, err := t.client.DescribeWorkflowExecution(t.ctx, handle.GetID(), handle.GetRunID())
			return isNotFound(err)
		})
	}},
	{"what is drawn once stays the same in every replay", func(t *T) {
		queue := t.id("random")
		first := t.startWorker(queue, worker.Options{})
		handle := t.start(options{TaskQueue: queue}, Random)
		t.untilEvent(handle, enumspb.EVENT_TYPE_MARKER_RECORDED)
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
		first.Stop()
		worker.PurgeStickyWorkflowCache()
		second := t.startWorker(queue, worker.Options{})
		defer second.Stop()
		t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "end", nil))
		var drawn []string
		t.must(handle.Get(t.ctx, &drawn))
		recorded := ""
		for _, event := range t.history(handle) {
			for _, details := range event.GetMarkerRecordedEventAttributes().GetDetails() {
				for _, payload := range details.Payloads {
					recorded += string(payload.Data)
				}
			}
		}
		t.check(drawn[1] == drawn[2] && strings.Contains(recorded, drawn[0]), "%v, recorded %s", drawn, recorded)
	}},
	{"timers fire and are cancelled, and time is what it was", func(t *T) {
		var seen []string
		handle := t.plain(Naps)
		t.must(handle.Get(t.ctx, &seen))
		slices.Sort(seen) // Timers of one task wake coroutines in the order in which these were made.
		t.equal(seen, "[10 20 30 canceled true]")
		t.check(inOrder(t.events(handle), "TimerStarted", "TimerFired", "TimerStarted", "TimerCanceled"), "%v", t.events(handle))
	}},
	{"a condition gives up at its time-out", func(t *T) {
		var isSo bool
		t.must(t.plain(AwaitInVain).Get(t.ctx, &isSo))
		t.equal(isSo, false)
	}},
	{"a reset goes on from a workflow task, and keeps the signals", func(t *T) {
		handle := t.plain(Sum, 1)
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
		t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "add", 2))
		t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "command", "end"))
		t.must(handle.Get(t.ctx, nil))
		described := t.describe(handle)
		request := &workflowservice.ResetWorkflowExecutionRequest{Namespace: namespace, Reason: "again", RequestId: t.id("request"),
			WorkflowExecution: described.WorkflowExecutionInfo.Execution, WorkflowTaskFinishEventId: 4}
		reply, err := t.client.ResetWorkflowExecution(t.ctx, request)
		t.must(err)
		again := t.client.GetWorkflow(t.ctx, handle.GetID(), reply.RunId)
		var sum int
		t.must(again.Get(t.ctx, &sum))
		t.equal(sum, 12)
		t.check(inOrder(t.events(again), "WorkflowExecutionSignaled", "WorkflowExecutionSignaled", "WorkflowExecutionCompleted"), "%v", t.events(again))
		request.WorkflowTaskFinishEventId, request.RequestId = 2, t.id("request")
		_, err = t.client.ResetWorkflowExecution(t.ctx, request)
		var invalid *serviceerror.InvalidArgument
		t.check(errors.As(err, &invalid), "%v", err)
	}},
}
