package main

import (
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
)

var (
	keyword = temporal.NewSearchAttributeKeyKeyword("GoKeyword")
	words   = temporal.NewSearchAttributeKeyKeywordList("GoKeywords")
	text    = temporal.NewSearchAttributeKeyString("GoText")
	number  = temporal.NewSearchAttributeKeyInt64("GoInt")
	double  = temporal.NewSearchAttributeKeyFloat64("GoDouble")
	truth   = temporal.NewSearchAttributeKeyBool("GoBool")
	moment  = temporal.NewSearchAttributeKeyTime("GoTime")
)

var searchAttributeTypes = map[string]enumspb.IndexedValueType{
	keyword.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD, words.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
	text.GetName(): enumspb.INDEXED_VALUE_TYPE_TEXT, number.GetName(): enumspb.INDEXED_VALUE_TYPE_INT,
	double.GetName(): enumspb.INDEXED_VALUE_TYPE_DOUBLE, truth.GetName(): enumspb.INDEXED_VALUE_TYPE_BOOL,
	moment.GetName(): enumspb.INDEXED_VALUE_TYPE_DATETIME,
}

// Relabel changes its search attributes and its memo, and takes them away.
func Relabel(ctx workflow.Context, label string) (string, error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx, keyword.ValueSet(label), number.ValueUnset()); err != nil {
		return "", err
	}
	if err := workflow.UpsertMemo(ctx, map[string]any{"added": label, "note": nil}); err != nil {
		return "", err
	}
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	value, _ := workflow.GetTypedSearchAttributes(ctx).GetKeyword(keyword)
	return value, nil
}

func (t *T) count(query string) int64 {
	reply, err := t.client.CountWorkflow(t.ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query})
	t.must(err)
	return reply.Count
}

func (t *T) list(query string, pageSize int32) []string {
	ids := []string{}
	request := &workflowservice.ListWorkflowExecutionsRequest{Query: query, PageSize: pageSize}
	for {
		page, err := t.client.ListWorkflow(t.ctx, request)
		t.must(err)
		for _, info := range page.Executions {
			ids = append(ids, info.Execution.WorkflowId)
		}
		if request.NextPageToken = page.NextPageToken; len(page.NextPageToken) == 0 {
			return ids
		}
	}
}

var visibilityShapes = []Shape{
	{"a workflow is found by search attributes of every type", func(t *T) {
		label := t.id("label")
		at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
		attributes := temporal.NewSearchAttributes(keyword.ValueSet(label), words.ValueSet([]string{label + "a", label + "b"}),
			text.ValueSet("some words here"), number.ValueSet(42), double.ValueSet(1.5), truth.ValueSet(true), moment.ValueSet(at))
		handle := t.start(options{TypedSearchAttributes: attributes}, WaitForever)
		mine := fmt.Sprintf("GoKeyword = '%s'", label)
		for _, query := range []string{mine, fmt.Sprintf("GoKeywords IN ('%sb', 'x')", label), mine + " AND GoText = 'words'",
			mine + " AND GoInt BETWEEN 40 AND 50", mine + " AND GoDouble > 1.25", mine + " AND GoBool = true",
			mine + " AND GoTime BETWEEN '2026-05-04T03:02:00Z' AND '2026-05-04T03:02:02Z'", mine + " AND ExecutionStatus = 'Running' AND WorkflowType = 'WaitForever'",
			fmt.Sprintf("GoKeyword STARTS_WITH '%s'", label[:len(label)-1])} {
			t.answered(func() bool { return fmt.Sprint(t.list(query, 10)) == fmt.Sprint([]string{handle.GetID()}) })
		}
		t.equal(t.count(mine+" AND GoInt != 42"), 0)
		described, err := t.client.DescribeWorkflow(t.ctx, handle.GetID(), "")
		t.must(err)
		seen, _ := described.TypedSearchAttributes.GetTime(moment)
		t.equal(seen.UTC(), at)
		t.must(t.client.TerminateWorkflow(t.ctx, handle.GetID(), "", "seen"))
	}},
	{"a workflow changes its search attributes and memo, and takes them away", func(t *T) {
		label := t.id("relabel")
		handle := t.start(options{Memo: map[string]any{"note": "old"},
			TypedSearchAttributes: temporal.NewSearchAttributes(keyword.ValueSet("before"), number.ValueSet(1))}, Relabel, label)
		t.untilEvent(handle, enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED)
		t.answered(func() bool { return t.count(fmt.Sprintf("GoKeyword = '%s' AND GoInt IS NULL", label)) == 1 })
		memo := t.describe(handle).WorkflowExecutionInfo.Memo.Fields
		t.equal([]any{len(memo), string(memo["added"].GetData())}, []any{1, `"` + label + `"`})
		t.must(t.client.SignalWorkflow(t.ctx, handle.GetID(), "", "end", nil))
		t.equal(t.text(handle), label)
	}},
	{"lists page through, counts agree and group, and scans find the same", func(t *T) {
		label := t.id("pages")
		attributes := temporal.NewSearchAttributes(keyword.ValueSet(label))
		for index := range 12 {
			if index%3 == 0 {
				_ = t.start(options{TypedSearchAttributes: attributes}, FailPlainly, "x").Get(t.ctx, nil)
			} else {
				t.must(t.start(options{TypedSearchAttributes: attributes}, Echo, index).Get(t.ctx, nil))
			}
		}
		query := fmt.Sprintf("GoKeyword = '%s'", label)
		t.answered(func() bool {
			return len(t.list(query+" AND ExecutionStatus != 'Running'", 5)) == 12 && t.count(query) == 12
		})
		grouped, err := t.client.CountWorkflow(t.ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query + " GROUP BY ExecutionStatus"})
		t.must(err)
		counts := map[string]int64{}
		for _, group := range grouped.Groups {
			counts[string(group.GroupValues[0].Data)] = group.Count
		}
		t.equal(counts, `map["Completed":8 "Failed":4]`)
		scanned, err := t.client.ScanWorkflow(t.ctx, &workflowservice.ScanWorkflowExecutionsRequest{Query: query})
		t.must(err)
		t.equal(len(scanned.Executions), 12)
	}},
	{"a broken query and an unknown attribute are refused", func(t *T) {
		for query, says := range map[string]string{"NoSuch = 1": "NoSuch", "WorkflowId = ": "invalid query", "GoInt = 'x'": "GoInt"} {
			_, err := t.client.CountWorkflow(t.ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query})
			t.is(err, says)
			_, isInvalid := err.(*serviceerror.InvalidArgument)
			t.check(isInvalid, "%T", err)
		}
	}},
	{"a namespace is registered, described, updated and worked in", func(t *T) {
		name := t.id("namespace")
		namespaces, err := client.NewNamespaceClient(t.options)
		t.must(err)
		defer namespaces.Close()
		t.must(namespaces.Register(t.ctx, &workflowservice.RegisterNamespaceRequest{Namespace: name, Description: "first",
			WorkflowExecutionRetentionPeriod: durationpb.New(48 * time.Hour)}))
		described, err := namespaces.Describe(t.ctx, name)
		t.must(err)
		t.equal([]any{described.NamespaceInfo.Description, described.Config.WorkflowExecutionRetentionTtl.AsDuration()}, "[first 48h0m0s]")
		_, err = namespaces.Describe(t.ctx, name+"-not")
		_, isNotThere := err.(*serviceerror.NamespaceNotFound)
		t.check(isNotThere, "%T", err)
		inside := t.options
		inside.Namespace = name
		there, err := client.Dial(inside)
		t.must(err)
		defer there.Close()
		var handle client.WorkflowRun
		t.eventually(func() bool { // Temporal's servers learn of a namespace some seconds later.
			handle, err = there.ExecuteWorkflow(t.ctx, t.filled(options{}), Echo, 1)
			return err == nil
		})
		t.must(there.TerminateWorkflow(t.ctx, handle.GetID(), "", "seen"))
	}},
	{"a task queue tells who polls it", func(t *T) {
		reply, err := t.client.DescribeTaskQueue(t.ctx, t.taskQueue, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
		t.must(err)
		t.check(len(reply.Pollers) > 0 && reply.Pollers[0].Identity != "", "nobody polls: %v", reply)
	}},
	{"a server says that it is well, what it is and what it can", func(t *T) {
		_, err := t.client.CheckHealth(t.ctx, &client.CheckHealthRequest{})
		t.must(err)
		info, err := t.client.WorkflowService().GetSystemInfo(t.ctx, &workflowservice.GetSystemInfoRequest{})
		t.must(err)
		t.check(info.Capabilities.EagerWorkflowStart && info.Capabilities.SdkMetadata, "%v", info)
	}},
}
