package main

import (
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workerpb "go.temporal.io/api/worker/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// stubborn fails, and is tried again only after an hour.
func (t *T) stubborn(attempts int) client.WorkflowRun {
	handle := t.plain(RunActivity, Call{Name: "FailUntil", Args: []any{attempts},
		Options: workflow.ActivityOptions{ActivityID: "stubborn", RetryPolicy: every(time.Hour)}})
	t.untilDescribed(handle, func(reply *workflowservice.DescribeWorkflowExecutionResponse) bool {
		return len(reply.PendingActivities) == 1 && reply.PendingActivities[0].Attempt == 2
	})
	return handle
}

func (t *T) pending(handle client.WorkflowRun) *workflowpb.PendingActivityInfo {
	return t.describe(handle).PendingActivities[0]
}

var operationShapes = []Shape{
	{"an activity is paused, and goes on at once when that ends", func(t *T) {
		handle := t.stubborn(2)
		execution := &commonpb.WorkflowExecution{WorkflowId: handle.GetID()}
		_, err := t.client.WorkflowService().PauseActivity(t.ctx, &workflowservice.PauseActivityRequest{Namespace: namespace,
			Execution: execution, Reason: "a look", Activity: &workflowservice.PauseActivityRequest_Id{Id: "stubborn"}})
		t.must(err)
		t.equal([]any{t.pending(handle).Paused, t.pending(handle).State}, "[true Paused]")
		t.answered(func() bool {
			return t.count("TemporalPauseInfo = 'property:activityType=FailUntil' AND WorkflowId = '"+handle.GetID()+"'") == 1
		})
		_, err = t.client.WorkflowService().UnpauseActivity(t.ctx, &workflowservice.UnpauseActivityRequest{Namespace: namespace,
			Execution: execution, Activity: &workflowservice.UnpauseActivityRequest_Id{Id: "stubborn"}})
		t.must(err)
		var attempt int
		t.must(handle.Get(t.ctx, &attempt))
		t.equal(attempt, 2)
	}},
	{"an activity is reset to its first attempt", func(t *T) {
		handle := t.stubborn(9)
		_, err := t.client.WorkflowService().ResetActivity(t.ctx, &workflowservice.ResetActivityRequest{Namespace: namespace,
			Execution: &commonpb.WorkflowExecution{WorkflowId: handle.GetID()}, Activity: &workflowservice.ResetActivityRequest_Id{Id: "stubborn"}})
		t.must(err)
		// It is tried once more, and waits for its second attempt again.
		t.eventually(func() bool {
			return t.pending(handle).Attempt == 2 && t.pending(handle).LastFailure.GetMessage() == "attempt 1"
		})
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), "", "seen"))
	}},
	{"a task queue tells its pollers and statistics of each type", func(t *T) {
		described, err := t.client.DescribeTaskQueueEnhanced(t.ctx, client.DescribeTaskQueueEnhancedOptions{TaskQueue: t.taskQueue,
			TaskQueueTypes: []client.TaskQueueType{client.TaskQueueTypeWorkflow, client.TaskQueueTypeActivity}, ReportPollers: true, ReportStats: true})
		t.must(err)
		for _, kind := range []client.TaskQueueType{client.TaskQueueTypeWorkflow, client.TaskQueueTypeActivity} {
			info := described.VersionsInfo[""].TypesInfo[kind]
			t.check(len(info.Pollers) > 0 && info.Stats != nil, "%v of %v", info, kind)
		}
	}},
	{"a waiting queue counts its backlog, and gives it out when a worker comes", func(t *T) {
		queue := t.id("backlog")
		handles := []client.WorkflowRun{}
		for _, priority := range []int{5, 3, 1} {
			handles = append(handles, t.start(options{TaskQueue: queue, Priority: temporal.Priority{PriorityKey: priority}}, Echo, priority))
		}
		t.answered(func() bool {
			described, err := t.client.DescribeTaskQueueEnhanced(t.ctx, client.DescribeTaskQueueEnhancedOptions{TaskQueue: queue,
				TaskQueueTypes: []client.TaskQueueType{client.TaskQueueTypeWorkflow}, ReportStats: true})
			return err == nil && described.VersionsInfo[""].TypesInfo[client.TaskQueueTypeWorkflow].Stats.ApproximateBacklogCount == 3
		})
		running := t.startWorker(queue, worker.Options{MaxConcurrentWorkflowTaskExecutionSize: 2, MaxConcurrentWorkflowTaskPollers: 2})
		defer running.Stop()
		for _, handle := range handles {
			t.must(handle.Get(t.ctx, nil))
		}
	}},
	{"a server lists the workers that report to it", func(t *T) {
		found := func() bool {
			reply, err := t.client.WorkflowService().ListWorkers(t.ctx, &workflowservice.ListWorkersRequest{Namespace: namespace,
				Query: "TaskQueue = '" + t.taskQueue + "' AND WorkerStatus = 'Running'"})
			t.must(err)
			return slices.ContainsFunc(reply.Workers, func(info *workerpb.WorkerListInfo) bool { return info.SdkName == "temporal-go" })
		}
		t.eventually(found)
	}},
	{"the options of a run are changed", func(t *T) {
		handle := t.plain(WaitForever)
		changed, err := t.client.UpdateWorkflowExecutionOptions(t.ctx, client.UpdateWorkflowExecutionOptionsRequest{WorkflowId: handle.GetID(),
			WorkflowExecutionOptionsChanges: client.WorkflowExecutionOptionsChanges{
				VersioningOverride: &client.VersioningOverrideChange{Value: &client.AutoUpgradeVersioningOverride{}}}})
		t.must(err)
		_, isAuto := changed.VersioningOverride.(*client.AutoUpgradeVersioningOverride)
		t.check(isAuto, "%v", changed)
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED)
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), "", "seen"))
	}},
}
