package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

const (
	shapeTimeout = 120 * time.Second
	namespace    = "default"
)

// World is what a shape is given: one server, one client, one worker that lives as long as the suite.
type World struct {
	client    client.Client
	options   client.Options
	prefix    string
	taskQueue string
	ours      bool
}

// Shape is a small story; it ends by a panic where something is not as it should be.
type Shape struct {
	name string
	run  func(t *T)
}

// T is one run of a shape.
type T struct {
	*World
	ctx context.Context
}

type wrong struct{ text string }

func (t *T) fail(format string, values ...any) { panic(wrong{fmt.Sprintf(format, values...)}) }

func (t *T) check(isSo bool, format string, values ...any) {
	if !isSo {
		t.fail(format, values...)
	}
}

func (t *T) must(err error) {
	if err != nil {
		t.fail("%v (%T) at %s", err, err, caller())
	}
}

func caller() string {
	for _, line := range strings.Split(string(debug.Stack()), "\n") {
		if strings.Contains(line, "/shapes_") {
			return line[strings.LastIndex(line, "/")+1:]
		}
	}
	return "?"
}

// equal compares what fmt prints.
func (t *T) equal(got, wanted any) {
	if fmt.Sprint(got) != fmt.Sprint(wanted) {
		t.fail("got %v instead of %v at %s", got, wanted, caller())
	}
}

func (t *T) is(err error, text string) {
	t.check(err != nil && strings.Contains(err.Error(), text), "%v instead of an error with %q at %s", err, text, caller())
}

func runAll(world *World, chosen []Shape, names *regexp.Regexp, atOnce int) []result {
	gate := make(chan struct{}, atOnce)
	var group sync.WaitGroup
	results := make([]result, len(chosen))
	for index, shape := range chosen {
		if !names.MatchString(shape.name) {
			continue
		}
		gate <- struct{}{}
		group.Go(func() {
			defer func() { <-gate }()
			results[index] = runOne(world, shape)
		})
	}
	group.Wait()
	return slices.DeleteFunc(results, func(r result) bool { return r.Name == "" })
}

func runOne(world *World, shape Shape) result {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), shapeTimeout)
	defer cancel()
	problem := make(chan string, 1)
	go func() {
		defer func() {
			switch told := recover().(type) {
			case nil:
				problem <- ""
			case wrong:
				problem <- told.text
			default:
				problem <- fmt.Sprintf("%v\n%s", told, debug.Stack())
			}
		}()
		shape.run(&T{World: world, ctx: ctx})
	}()
	said := <-problem
	done := result{Name: shape.name, Passed: said == "", Seconds: time.Since(begun).Seconds(), Error: said}
	fmt.Printf("%-5v %5.1f s  %s  %s\n", done.Passed, done.Seconds, shape.name, said)
	return done
}

func randomText() string {
	bytes := make([]byte, 4)
	rand.Read(bytes)
	return hex.EncodeToString(bytes)
}

func (w *World) id(name string) string { return w.prefix + "-" + name + "-" + randomText() }

// newWorker has every workflow and activity of this program, and is not started.
func (w *World) newWorker(taskQueue string, options worker.Options) worker.Worker {
	made := worker.New(w.client, taskQueue, options)
	register(made)
	return made
}

func (w *World) startWorker(taskQueue string, options worker.Options) worker.Worker {
	options.MaxHeartbeatThrottleInterval = 200 * time.Millisecond
	options.DefaultHeartbeatThrottleInterval = 200 * time.Millisecond
	made := w.newWorker(taskQueue, options)
	if err := made.Start(); err != nil {
		panic(wrong{"the worker does not start: " + err.Error()})
	}
	return made
}

// start fills in id and queue where options leave them open.
func (t *T) start(options client.StartWorkflowOptions, run any, args ...any) client.WorkflowRun {
	handle, err := t.client.ExecuteWorkflow(t.ctx, t.filled(options), run, args...)
	t.must(err)
	return handle
}

func (t *T) filled(options client.StartWorkflowOptions) client.StartWorkflowOptions {
	if options.TaskQueue == "" {
		options.TaskQueue = t.taskQueue
	}
	if options.ID == "" {
		options.ID = t.id("run")
	}
	return options
}

func (t *T) plain(run any, args ...any) client.WorkflowRun {
	return t.start(client.StartWorkflowOptions{}, run, args...)
}

func (t *T) text(handle client.WorkflowRun) string {
	var text string
	t.must(handle.Get(t.ctx, &text))
	return text
}

func (t *T) history(handle client.WorkflowRun) []*historypb.HistoryEvent {
	return t.historyOf(handle.GetID(), handle.GetRunID())
}

func (t *T) historyOf(id, runID string) []*historypb.HistoryEvent {
	var events []*historypb.HistoryEvent
	pages := t.client.GetWorkflowHistory(t.ctx, id, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for pages.HasNext() {
		event, err := pages.Next()
		t.must(err)
		events = append(events, event)
		t.check(event.EventId == int64(len(events)), "event %d has the id %d", len(events), event.EventId)
	}
	return events
}

// events are the types of a history without those of workflow tasks, whose number depends on how fast a worker polls.
func (t *T) events(handle client.WorkflowRun) []string {
	names := []string{}
	for _, event := range t.history(handle) {
		if name := event.EventType.String(); !strings.HasPrefix(name, "WorkflowTask") {
			names = append(names, name)
		}
	}
	return names
}

// untilEvent waits on the server until the run has such an event.
func (t *T) untilEvent(handle client.WorkflowRun, wanted enumspb.EventType) *historypb.HistoryEvent {
	pages := t.client.GetWorkflowHistory(t.ctx, handle.GetID(), handle.GetRunID(), true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for pages.HasNext() {
		event, err := pages.Next()
		t.must(err)
		if event.EventType == wanted {
			return event
		}
	}
	t.fail("%s closed without %v", handle.GetID(), wanted)
	return nil
}

func (t *T) describe(handle client.WorkflowRun) *workflowservice.DescribeWorkflowExecutionResponse {
	reply, err := t.client.DescribeWorkflowExecution(t.ctx, handle.GetID(), handle.GetRunID())
	t.must(err)
	return reply
}

// untilDescribed asks again until the description is as wanted: for what a worker does without an event.
func (t *T) untilDescribed(handle client.WorkflowRun, isSo func(*workflowservice.DescribeWorkflowExecutionResponse) bool) {
	t.eventually(func() bool { return isSo(t.describe(handle)) })
}

func (t *T) eventually(isSo func() bool) {
	for !isSo() {
		select {
		case <-t.ctx.Done():
			t.fail("it never came to be so at %s", caller())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// answered asks once of a server whose lists are never late, and again of another.
func (t *T) answered(isSo func() bool) {
	if t.ours {
		t.check(isSo(), "it is not so at %s", caller())
		return
	}
	t.eventually(isSo)
}

func isNotFound(err error) bool {
	var notFound *serviceerror.NotFound
	return errors.As(err, &notFound)
}

func inOrder(events []string, wanted ...string) bool {
	for _, event := range events {
		if len(wanted) > 0 && event == wanted[0] {
			wanted = wanted[1:]
		}
	}
	return len(wanted) == 0
}

func (w *World) prepareSearchAttributes() error {
	ctx := context.Background()
	operator := w.client.OperatorService()
	listed, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return err
	}
	missing := map[string]enumspb.IndexedValueType{}
	for name, kind := range searchAttributeTypes {
		if _, isThere := listed.CustomAttributes[name]; !isThere {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	request := &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing}
	if _, err = operator.AddSearchAttributes(ctx, request); err != nil {
		return err
	}
	for range 200 { // Temporal's servers learn of them some time later.
		query := &workflowservice.CountWorkflowExecutionsRequest{Query: "GoKeyword = 'x' OR GoDouble = 1"}
		if _, err = w.client.CountWorkflow(ctx, query); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// eventTypes counts the events of every run of this suite.
func (w *World) eventTypes() map[string]int {
	ctx := context.Background()
	counts := map[string]int{}
	var token []byte
	for {
		query := fmt.Sprintf("WorkflowId STARTS_WITH '%s'", w.prefix)
		page, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, NextPageToken: token})
		if err != nil {
			counts["ERROR "+err.Error()]++
			return counts
		}
		for _, info := range page.Executions {
			events := w.client.GetWorkflowHistory(ctx, info.Execution.WorkflowId, info.Execution.RunId, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			for events.HasNext() {
				event, err := events.Next()
				if err != nil {
					break
				}
				counts[event.EventType.String()]++
			}
		}
		if token = page.NextPageToken; len(token) == 0 {
			return counts
		}
	}
}

type silentLogger struct{}

func (silentLogger) Debug(string, ...any) {}
func (silentLogger) Info(string, ...any)  {}
func (silentLogger) Warn(string, ...any)  {}
func (silentLogger) Error(string, ...any) {}
