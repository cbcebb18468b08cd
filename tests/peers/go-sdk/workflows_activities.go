package main

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Call is an activity with the options that its shape gives it.
type Call struct {
	Name    string
	Args    []any
	Options workflow.ActivityOptions
}

func RunActivity(ctx workflow.Context, call Call) (any, error) {
	if call.Options.StartToCloseTimeout == 0 && call.Options.ScheduleToCloseTimeout == 0 {
		call.Options.StartToCloseTimeout = 20 * time.Second
	}
	var result any
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, call.Options), call.Name, call.Args...).Get(ctx, &result)
	return result, err
}

func GreetMany(ctx workflow.Context, count int) (int, error) {
	futures := []workflow.Future{}
	for number := range count {
		futures = append(futures, workflow.ExecuteActivity(quick(ctx), Greet, fmt.Sprint(number)))
	}
	characters := 0
	for _, future := range futures {
		var said string
		if err := future.Get(ctx, &said); err != nil {
			return 0, err
		}
		characters += len(said)
	}
	return characters, nil
}

func CancelActivity(ctx workflow.Context, wait bool) (string, error) {
	inner, cancel := workflow.WithCancel(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		HeartbeatTimeout:    5 * time.Second,
		WaitForCancellation: wait,
	}))
	future := workflow.ExecuteActivity(inner, HeartbeatUntilCancelled)
	workflow.GetSignalChannel(ctx, "cancel").Receive(ctx, nil)
	cancel()
	return fmt.Sprint(temporal.IsCanceledError(future.Get(ctx, nil))), nil
}

func local(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, BackoffCoefficient: 1},
	})
}

func Locally(ctx workflow.Context) (string, error) {
	var said string
	if err := workflow.ExecuteLocalActivity(local(ctx), Greet, "local").Get(ctx, &said); err != nil {
		return "", err
	}
	var attempt int32
	err := workflow.ExecuteLocalActivity(local(ctx), FailUntil, 3).Get(ctx, &attempt)
	return fmt.Sprint(said, " ", attempt), err
}

// LocalRetries waits between attempts for longer than a workflow task may take, and runs one that outlives its task.
func LocalRetries(ctx workflow.Context) (string, error) {
	slow := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 30 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 1500 * time.Millisecond, BackoffCoefficient: 1},
	})
	var attempt int32
	if err := workflow.ExecuteLocalActivity(slow, FailUntil, 2).Get(ctx, &attempt); err != nil {
		return "", err
	}
	var slept int
	err := workflow.ExecuteLocalActivity(slow, Nap, 1500).Get(ctx, &slept)
	return fmt.Sprint(attempt, " ", slept), err
}

// Session runs two activities on one worker, whichever that is.
func Session(ctx workflow.Context) ([]string, error) {
	session, err := workflow.CreateSession(quick(ctx), &workflow.SessionOptions{
		CreationTimeout: 20 * time.Second, ExecutionTimeout: 30 * time.Second})
	if err != nil {
		return nil, err
	}
	defer workflow.CompleteSession(session)
	queues := make([]string, 2)
	for index := range queues {
		if err := workflow.ExecuteActivity(session, DescribeMyself).Get(session, &queues[index]); err != nil {
			return nil, err
		}
	}
	return queues, nil
}
