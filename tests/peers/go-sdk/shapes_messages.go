package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

func (t *T) signal(handle client.WorkflowRun, name string, arg any) {
	t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", name, arg))
}

func (t *T) query(handle client.WorkflowRun, name string, args ...any) (int, error) {
	value, err := t.client.QueryWorkflow(t.ctx, handle.GetID(), "", name, args...)
	if err != nil {
		return 0, err
	}
	var number int
	return number, value.Get(&number)
}

func (t *T) update(handle client.WorkflowRun, request client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	request.WorkflowID = handle.GetID()
	if request.WaitForStage == client.WorkflowUpdateStageUnspecified {
		request.WaitForStage = client.WorkflowUpdateStageCompleted
	}
	return t.client.UpdateWorkflow(t.ctx, request)
}

func (t *T) add(handle client.WorkflowRun, number int) (int, error) {
	updated, err := t.update(handle, client.UpdateWorkflowOptions{UpdateName: "add", Args: []any{number}})
	if err != nil {
		return 0, err
	}
	var sum int
	return sum, updated.Get(t.ctx, &sum)
}

var messageShapes = []Shape{
	{"signals arrive in the order in which they were sent", func(t *T) {
		handle := t.plain(Sum, 0)
		for _, digit := range []int{1, 2, 3, 4} {
			t.signal(handle, "add", digit)
		}
		t.signal(handle, "command", "end")
		var sum int
		t.must(handle.Get(t.ctx, &sum))
		t.equal(sum, 1234)
	}},
	{"a signal starts the workflow when there is none, and then meets the running one", func(t *T) {
		start := t.filled(options{})
		first, err := t.client.SignalWithStartWorkflow(t.ctx, start.ID, "add", 1, start, Sum, 0)
		t.must(err)
		second, err := t.client.SignalWithStartWorkflow(t.ctx, start.ID, "add", 2, start, Sum, 0)
		t.must(err)
		t.equal(second.GetRunID(), first.GetRunID())
		t.signal(first, "command", "end")
		var sum int
		t.must(first.Get(t.ctx, &sum))
		t.equal(sum, 12)
	}},
	{"a selector takes whichever comes first of signal, timer and activity", func(t *T) {
		handle := t.plain(Choose)
		t.untilEvent(handle, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
		t.signal(handle, "go", nil)
		var chosen []string
		t.must(handle.Get(t.ctx, &chosen))
		t.equal(chosen, "[activity signal timer]")
	}},
	{"queries see every acknowledged signal, write no event and fail as told", func(t *T) {
		handle := t.plain(Sum, 0)
		t.signal(handle, "add", 7)
		sum, err := t.query(handle, "sum")
		t.must(err)
		t.equal(sum, 7)
		before := len(t.history(handle))
		_, err = t.query(handle, "fails", "as told")
		t.is(err, "as told")
		var failed *serviceerror.QueryFailed
		t.check(errors.As(err, &failed), "%T", err)
		_, err = t.query(handle, "unknown")
		t.is(err, "unknown queryType unknown")
		t.equal(len(t.history(handle)), before)
		t.signal(handle, "command", "end")
		t.must(handle.Get(t.ctx, nil))
		sum, err = t.query(handle, "sum")
		t.must(err)
		t.equal(sum, 7)
	}},
	{"the SDK answers the built-in queries", func(t *T) {
		handle := t.plain(WaitForever)
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
		value, err := t.client.QueryWorkflow(t.ctx, handle.GetID(), "", "__stack_trace")
		t.must(err)
		var stack string
		t.must(value.Get(&stack))
		t.is(errors.New(stack), "WaitForever")
	}},
	{"a query is rejected when the workflow is not open", func(t *T) {
		handle := t.plain(Echo, 1)
		t.must(handle.Get(t.ctx, nil))
		reply, err := t.client.QueryWorkflowWithOptions(t.ctx, &client.QueryWorkflowWithOptionsRequest{WorkflowID: handle.GetID(),
			QueryType: "sum", QueryRejectCondition: enumspb.QUERY_REJECT_CONDITION_NOT_OPEN})
		t.must(err)
		t.equal(reply.QueryRejected.GetStatus(), enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
	}},
	{"an update changes the workflow, is rejected, and fails", func(t *T) {
		handle := t.plain(Sum, 1)
		sum, err := t.add(handle, 2)
		t.must(err)
		t.equal(sum, 3)
		before := len(t.history(handle))
		_, err = t.add(handle, -1)
		t.is(err, "no negative numbers")
		t.equal(len(t.history(handle)), before)
		_, err = t.add(handle, 13)
		var application *temporal.ApplicationError
		t.check(errors.As(err, &application) && application.Type() == "Unlucky", "%v", err)
		unknown, err := t.update(handle, client.UpdateWorkflowOptions{UpdateName: "unknown"})
		t.must(err)
		t.is(unknown.Get(t.ctx, nil), "unknown update unknown")
		t.check(inOrder(t.events(handle), "WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted",
			"WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted"), "%v", t.events(handle))
	}},
	{"an accepted update gives a handle, and its result is awaited later", func(t *T) {
		handle := t.plain(Sum, 1)
		_, err := t.update(handle, client.UpdateWorkflowOptions{UpdateID: "greeting", UpdateName: "greet", Args: []any{"update"},
			WaitForStage: client.WorkflowUpdateStageAccepted})
		t.must(err)
		again := t.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: handle.GetID(), UpdateID: "greeting"})
		var said string
		t.must(again.Get(t.ctx, &said))
		t.equal(said, "hello update")
		unknown := t.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: handle.GetID(), UpdateID: "unknown"})
		t.check(isNotFound(unknown.Get(t.ctx, nil)), "an unknown update is found")
	}},
	{"an update sent twice with one id runs once, also after the workflow has closed", func(t *T) {
		handle := t.plain(Sum, 1)
		request := client.UpdateWorkflowOptions{UpdateID: "the-one", UpdateName: "add", Args: []any{5}}
		for range 3 {
			updated, err := t.update(handle, request)
			t.must(err)
			var sum int
			t.must(updated.Get(t.ctx, &sum))
			t.equal(sum, 6)
			if sum, _ = t.query(handle, "sum"); sum == 6 {
				t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "command", "end")
				t.must(handle.Get(t.ctx, nil))
			}
		}
	}},
	{"thirty updates at once are each applied once", func(t *T) {
		handle := t.plain(Sum, 0)
		var group sync.WaitGroup
		problems := make(chan error, 30)
		for range 30 {
			group.Go(func() {
				_, err := t.add(handle, 1)
				problems <- err
			})
		}
		group.Wait()
		for range 30 {
			t.must(<-problems)
		}
		sum, err := t.query(handle, "sum")
		t.must(err)
		t.equal(sum, 30)
	}},
	{"an update starts the workflow when there is none, and then meets the running one", func(t *T) {
		start := t.filled(options{WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING})
		for _, wanted := range []int{11, 21} {
			operation := t.client.NewWithStartWorkflowOperation(start, Sum, 1)
			updated, err := t.client.UpdateWithStartWorkflow(t.ctx, client.UpdateWithStartWorkflowOptions{
				StartWorkflowOperation: operation,
				UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: "add", Args: []any{10}, WaitForStage: client.WorkflowUpdateStageCompleted},
			})
			t.must(err)
			var sum int
			t.must(updated.Get(t.ctx, &sum))
			t.equal(sum, wanted)
			handle, err := operation.Get(t.ctx)
			t.must(err)
			t.equal(handle.GetID(), start.ID)
		}
	}},
	{"an update-with-start fails as a whole when the id is taken", func(t *T) {
		handle := t.plain(Sum, 1)
		start := t.filled(options{ID: handle.GetID(), WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL})
		_, err := t.client.UpdateWithStartWorkflow(t.ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: t.client.NewWithStartWorkflowOperation(start, Sum, 1),
			UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: "add", Args: []any{10}, WaitForStage: client.WorkflowUpdateStageCompleted},
		})
		t.is(err, "already")
		t.equal(fmt.Sprint(t.query(handle, "sum")), "1 <nil>")
	}},
	{"updates and signals follow a workflow through its continue-as-new runs", func(t *T) {
		handle := t.plain(Sum, 0)
		for round := range 3 {
			sum, err := t.add(handle, 1)
			t.must(err)
			t.equal(sum, round+1)
			t.signal(handle, "command", "restart")
		}
		t.signal(handle, "command", "end")
		var sum int
		t.must(t.client.GetWorkflow(t.ctx, handle.GetID(), "").Get(t.ctx, &sum))
		t.equal(sum, 3)
	}},
	{"a caller that gives up leaves the update to the workflow", func(t *T) {
		queue := t.id("nobody")
		handle := t.start(options{TaskQueue: queue}, Sum, 0)
		short, cancel := context.WithTimeout(t.ctx, 300*time.Millisecond)
		defer cancel()
		_, err := t.client.UpdateWorkflow(short, client.UpdateWorkflowOptions{WorkflowID: handle.GetID(), UpdateName: "add",
			Args: []any{1}, WaitForStage: client.WorkflowUpdateStageCompleted})
		var timedOut *client.WorkflowUpdateServiceTimeoutOrCanceledError
		t.check(errors.As(err, &timedOut), "%v (%T)", err, err)
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), "", "seen"))
	}},
	{"a workflow signals and cancels another, or learns that there is none", func(t *T) {
		other := t.plain(CleanUp)
		t.untilEvent(other, enumspb.EVENT_TYPE_TIMER_STARTED)
		var told []string
		t.must(t.plain(Elsewhere, other.GetID()).Get(t.ctx, &told))
		t.equal(told, "[true false true false]")
		t.equal(t.text(other), "hello cleaner after canceled")
		t.must(t.plain(Elsewhere, t.id("nobody")).Get(t.ctx, &told))
		t.equal(told, "[false true false true]")
	}},
}
