package main

import (
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Sum adds what signals and updates tell, until it is asked to end or to continue as new.
func Sum(ctx workflow.Context, sum int) (int, error) {
	ends := false
	restarts := false
	err := errors.Join(
		workflow.SetQueryHandler(ctx, "sum", func() (int, error) { return sum, nil }),
		workflow.SetQueryHandler(ctx, "fails", func(text string) (int, error) { return 0, errors.New(text) }),
		workflow.SetUpdateHandlerWithOptions(ctx, "add", func(ctx workflow.Context, number int) (int, error) {
			sum += number
			if number == 13 {
				return 0, temporal.NewApplicationError("thirteen", "Unlucky")
			}
			return sum, nil
		}, workflow.UpdateHandlerOptions{Validator: func(number int) error {
			if number < 0 {
				return errors.New("no negative numbers")
			}
			return nil
		}}),
		workflow.SetUpdateHandler(ctx, "greet", func(ctx workflow.Context, name string) (string, error) {
			var said string
			err := workflow.ExecuteActivity(quick(ctx), Greet, name).Get(ctx, &said)
			return said, err
		}),
	)
	if err != nil {
		return 0, err
	}
	adds, commands := workflow.GetSignalChannel(ctx, "add"), workflow.GetSignalChannel(ctx, "command")
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(adds, func(channel workflow.ReceiveChannel, _ bool) {
		var number int
		channel.Receive(ctx, &number)
		sum = sum*10 + number
	})
	selector.AddReceive(commands, func(channel workflow.ReceiveChannel, _ bool) {
		var command string
		channel.Receive(ctx, &command)
		ends, restarts = command == "end", command == "restart"
	})
	for !ends && !restarts {
		selector.Select(ctx)
	}
	for selector.HasPending() {
		selector.Select(ctx)
	}
	if restarts {
		return 0, workflow.NewContinueAsNewError(ctx, Sum, sum)
	}
	return sum, workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
}

// Choose takes whichever comes first of a signal, a timer and an activity, three times.
func Choose(ctx workflow.Context) ([]string, error) {
	chosen := []string{}
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(workflow.GetSignalChannel(ctx, "go"), func(channel workflow.ReceiveChannel, _ bool) {
		channel.Receive(ctx, nil)
		chosen = append(chosen, "signal")
	})
	selector.AddFuture(workflow.ExecuteActivity(quick(ctx), Nap, 100), func(workflow.Future) { chosen = append(chosen, "activity") })
	selector.AddFuture(workflow.NewTimer(ctx, 2*time.Second), func(workflow.Future) { chosen = append(chosen, "timer") })
	for range 3 {
		selector.Select(ctx)
	}
	return chosen, nil
}

// Elsewhere signals and then cancels a workflow that is not its child.
func Elsewhere(ctx workflow.Context, id string) ([]string, error) {
	told := []string{}
	for _, err := range []error{
		workflow.SignalExternalWorkflow(ctx, id, "", "add", 5).Get(ctx, nil),
		workflow.RequestCancelExternalWorkflow(ctx, id, "").Get(ctx, nil),
	} {
		var unknown *temporal.UnknownExternalWorkflowExecutionError
		told = append(told, fmt.Sprint(err == nil, " ", errors.As(err, &unknown)))
	}
	return told, nil
}

// ChildCall is a child with the options that its shape gives it.
type ChildCall struct {
	Type    string
	Args    []any
	Options workflow.ChildWorkflowOptions
}

func Parent(ctx workflow.Context, call ChildCall) (any, error) {
	var result any
	err := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, call.Options), call.Type, call.Args...).Get(ctx, &result)
	return result, err
}

func Leave(ctx workflow.Context, id string, policy enumspb.ParentClosePolicy) error {
	options := workflow.ChildWorkflowOptions{WorkflowID: id, ParentClosePolicy: policy}
	return workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, options), WaitForever).GetChildWorkflowExecution().Get(ctx, nil)
}

func SignalChild(ctx workflow.Context, id string) (int, error) {
	child := workflow.ExecuteChildWorkflow(workflow.WithWorkflowID(ctx, id), Sum, 1)
	for _, signal := range []struct {
		name string
		arg  any
	}{{"add", 2}, {"command", "end"}} {
		if err := child.SignalChildWorkflow(ctx, signal.name, signal.arg).Get(ctx, nil); err != nil {
			return 0, err
		}
	}
	var sum int
	err := child.Get(ctx, &sum)
	return sum, err
}

func CancelChild(ctx workflow.Context, id string) (string, error) {
	inner, cancel := workflow.WithCancel(ctx)
	options := workflow.ChildWorkflowOptions{WorkflowID: id, WaitForCancellation: true}
	child := workflow.ExecuteChildWorkflow(workflow.WithChildOptions(inner, options), CleanUp)
	if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return "", err
	}
	cancel()
	var said string
	err := child.Get(ctx, &said)
	return said, err
}

// Colours tells the colour that a header carried to it, to its activity and to its child.
func Colours(ctx workflow.Context, depth int) ([]string, error) {
	mine, _ := ctx.Value(colourKey).(string)
	var activitys string
	if err := workflow.ExecuteActivity(quick(ctx), SayColour).Get(ctx, &activitys); err != nil {
		return nil, err
	}
	colours := []string{mine, activitys}
	if depth > 0 {
		var childs []string
		if err := workflow.ExecuteChildWorkflow(ctx, Colours, depth-1).Get(ctx, &childs); err != nil {
			return nil, err
		}
		colours = append(colours, childs...)
	}
	return colours, nil
}
