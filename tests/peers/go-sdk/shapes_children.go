package main

import (
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

type childOptions = workflow.ChildWorkflowOptions

var childShapes = []Shape{
	{"a child completes, and knows its parent", func(t *T) {
		id := t.id("child")
		handle := t.plain(Parent, ChildCall{"Echo", []any{"from the child"}, childOptions{WorkflowID: id}})
		t.equal(t.text(handle), "from the child")
		described := t.describe(t.client.GetWorkflow(t.ctx, id, "")).WorkflowExecutionInfo
		t.equal([]any{described.ParentExecution.WorkflowId, described.RootExecution.WorkflowId}, []any{handle.GetID(), handle.GetID()})
		t.equal(t.events(handle), "[WorkflowExecutionStarted StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted ChildWorkflowExecutionCompleted WorkflowExecutionCompleted]")
	}},
	{"a child fails, and its parent has the failure around the cause", func(t *T) {
		err := t.plain(Parent, ChildCall{"FailPlainly", []any{"Broken"}, childOptions{}}).Get(t.ctx, nil)
		var child *temporal.ChildWorkflowExecutionError
		var application *temporal.ApplicationError
		t.check(errors.As(err, &child) && errors.As(err, &application) && application.Type() == "Broken", "%v", err)
	}},
	{"a child is retried, and its parent sees one child", func(t *T) {
		policy := &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, BackoffCoefficient: 1}
		handle := t.plain(Parent, ChildCall{"FailUntilRun", []any{3}, childOptions{RetryPolicy: policy}})
		var attempt int
		t.must(handle.Get(t.ctx, &attempt))
		t.equal(attempt, 3)
	}},
	{"a child runs into its time-out", func(t *T) {
		err := t.plain(Parent, ChildCall{"WaitForever", nil, childOptions{WorkflowRunTimeout: time.Second}}).Get(t.ctx, nil)
		t.check(temporal.IsTimeoutError(errors.Unwrap(errors.Unwrap(err))), "%v", err)
	}},
	{"a child continues as new, and its parent gets the last result", func(t *T) {
		id := t.id("chain")
		t.check(t.text(t.plain(Parent, ChildCall{"CountDown", []any{2}, childOptions{WorkflowID: id}})) != "", "there is no run before the last")
	}},
	{"a second child of one id is refused", func(t *T) {
		taken := t.plain(WaitForever)
		err := t.plain(Parent, ChildCall{"Echo", []any{1}, childOptions{WorkflowID: taken.GetID()}}).Get(t.ctx, nil)
		t.is(err, "already")
	}},
	leaveShape("an abandoned child goes on", enumspb.PARENT_CLOSE_POLICY_ABANDON, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING),
	leaveShape("a child is terminated as its parent closes", enumspb.PARENT_CLOSE_POLICY_TERMINATE, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED),
	leaveShape("a child is asked to cancel as its parent closes", enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED),
	{"a parent signals its child", func(t *T) {
		var sum int
		t.must(t.plain(SignalChild, t.id("signalled")).Get(t.ctx, &sum))
		t.equal(sum, 12)
	}},
	{"a child is cancelled, and its parent waits for it", func(t *T) {
		t.equal(t.text(t.plain(CancelChild, t.id("awaited"))), "hello cleaner after canceled")
	}},
	{"thirty children run side by side", func(t *T) {
		handles := []client.WorkflowRun{}
		for range 30 {
			handles = append(handles, t.plain(Parent, ChildCall{"Echo", []any{"x"}, childOptions{}}))
		}
		for _, handle := range handles {
			t.equal(t.text(handle), "x")
		}
	}},
}

func leaveShape(name string, policy enumspb.ParentClosePolicy, status enumspb.WorkflowExecutionStatus) Shape {
	return Shape{name, func(t *T) {
		id := t.id("left")
		t.must(t.plain(Leave, id, policy).Get(t.ctx, nil))
		child := t.client.GetWorkflow(t.ctx, id, "")
		if policy == enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL {
			t.untilEvent(child, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
			t.must(t.client.SignalWorkflow(t.ctx, id, "", "end", nil)) // It does not look at its cancellation.
			t.must(child.Get(t.ctx, nil))
		}
		t.eventually(func() bool { return t.describe(child).WorkflowExecutionInfo.Status == status })
	}}
}
