package main

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func register(w worker.Worker) {
	for _, run := range []any{Echo, FailPlainly, WaitForever, Naps, AwaitInVain, CountDown, FailUntilRun, CleanUp, Often, Random,
		Tasks, Dynamic, RunActivity, GreetMany, CancelActivity, Locally, LocalRetries, Elsewhere, Session, Relabel, Changing,
		Sum, Choose, Parent, Leave, SignalChild, CancelChild, Colours, Journey} {
		w.RegisterWorkflow(run)
	}
	w.RegisterDynamicWorkflow(AnyWorkflow, workflow.DynamicRegisterOptions{})
	registerActivities(w)
}

func Echo(_ workflow.Context, value any) (any, error) { return value, nil }

func AnyWorkflow(ctx workflow.Context, args converter.EncodedValues) (string, error) {
	var first string
	err := args.Get(&first)
	return workflow.GetInfo(ctx).WorkflowType.Name + " " + first, err
}

func FailPlainly(_ workflow.Context, kind string) error {
	return temporal.NewApplicationErrorWithCause("out of stock", kind, errors.New("the cause"), "detail", 7)
}

func WaitForever(ctx workflow.Context) error {
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	return nil
}

// Naps sleeps, cancels a timer, and tells the times that it saw, which replays must see again.
func Naps(ctx workflow.Context) ([]string, error) {
	begun := workflow.Now(ctx)
	if err := workflow.Sleep(ctx, 20*time.Millisecond); err != nil {
		return nil, err
	}
	inner, cancel := workflow.WithCancel(ctx)
	timer := workflow.NewTimerWithOptions(inner, time.Hour, workflow.TimerOptions{Summary: "never"})
	if err := workflow.Sleep(ctx, time.Millisecond); err != nil {
		return nil, err
	}
	cancel()
	seen := []string{fmt.Sprint(workflow.Now(ctx).After(begun)), fmt.Sprint(timer.Get(ctx, nil))}
	for _, ms := range []int{30, 10, 20} {
		workflow.Go(ctx, func(ctx workflow.Context) {
			_ = workflow.Sleep(ctx, time.Duration(ms)*time.Millisecond)
			seen = append(seen, fmt.Sprint(ms))
		})
	}
	err := workflow.Await(ctx, func() bool { return len(seen) == 5 })
	return seen, err
}

func AwaitInVain(ctx workflow.Context) (bool, error) {
	return workflow.AwaitWithTimeout(ctx, 20*time.Millisecond, func() bool { return false })
}

func CountDown(ctx workflow.Context, left int) (string, error) {
	if left > 0 {
		return "", workflow.NewContinueAsNewError(ctx, CountDown, left-1)
	}
	return workflow.GetInfo(ctx).ContinuedExecutionRunID, nil
}

func FailUntilRun(ctx workflow.Context, attempt int32) (int32, error) {
	if now := workflow.GetInfo(ctx).Attempt; now < attempt {
		return 0, temporal.NewApplicationError("not yet", "NotYet")
	}
	return workflow.GetInfo(ctx).Attempt, nil
}

func CleanUp(ctx workflow.Context) (string, error) {
	cancelled := workflow.Sleep(ctx, time.Hour)
	outside, _ := workflow.NewDisconnectedContext(ctx)
	var said string
	err := workflow.ExecuteActivity(quick(outside), Greet, "cleaner").Get(outside, &said)
	return fmt.Sprint(said, " after ", cancelled), err
}

// Often is for cron: each run hands its number on, and the second fails.
func Often(ctx workflow.Context) (int, error) {
	var before int
	if workflow.HasLastCompletionResult(ctx) {
		if err := workflow.GetLastCompletionResult(ctx, &before); err != nil {
			return 0, err
		}
	}
	if before == 1 && workflow.GetLastError(ctx) == nil {
		return 0, temporal.NewApplicationError("the second run", "Planned")
	}
	return before + 1, nil
}

// Random tells what was drawn once, whatever number of replays came after.
func Random(ctx workflow.Context) ([]string, error) {
	draws := 0
	draw := func(workflow.Context) any { draws++; return randomText() }
	var first, second, third string
	same := func(a, b any) bool { return a == b }
	if err := workflow.SideEffect(ctx, draw).Get(&first); err != nil {
		return nil, err
	}
	if err := workflow.MutableSideEffect(ctx, "changing", draw, same).Get(&second); err != nil {
		return nil, err
	}
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	fixed := func(workflow.Context) any { return second }
	if err := workflow.MutableSideEffect(ctx, "changing", fixed, same).Get(&third); err != nil {
		return nil, err
	}
	return []string{first, second, third}, nil
}

// Tasks has coroutines behind a semaphore and a mutex, that talk over a channel.
func Tasks(ctx workflow.Context) (int, error) {
	semaphore, mutex, group := workflow.NewSemaphore(ctx, 2), workflow.NewMutex(ctx), workflow.NewWaitGroup(ctx)
	results := workflow.NewBufferedChannel(ctx, 10)
	running, most := 0, 0
	for number := range 6 {
		group.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer group.Done()
			_ = semaphore.Acquire(ctx, 1)
			running++
			most = max(most, running)
			_ = workflow.Sleep(ctx, time.Millisecond)
			_ = mutex.Lock(ctx)
			results.Send(ctx, number)
			mutex.Unlock()
			running--
			semaphore.Release(1)
		})
	}
	group.Wait(ctx)
	sum, got := 0, 0
	for results.ReceiveAsync(&got) {
		sum += got
	}
	return sum*10 + most, nil
}

// Dynamic runs a child and an activity of types that no worker has registered by name.
func Dynamic(ctx workflow.Context) (string, error) {
	var child, run string
	if err := workflow.ExecuteChildWorkflow(ctx, "UnheardOf", "x").Get(ctx, &child); err != nil {
		return "", err
	}
	err := workflow.ExecuteActivity(quick(ctx), "Unknown", "y").Get(ctx, &run)
	return child + ", " + run, err
}

// Changing has two forms: see `shapes_workers.go`, where a worker registers another under its name.
func Changing(ctx workflow.Context) (string, error) {
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	return "old", nil
}

func ChangingWithVersion(ctx workflow.Context) (string, error) {
	version := workflow.GetVersion(ctx, "a-change", workflow.DefaultVersion, 1)
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
	if version == workflow.DefaultVersion {
		return "old", nil
	}
	return "new", nil
}

func ChangingCarelessly(ctx workflow.Context) (string, error) {
	err := workflow.Sleep(ctx, time.Millisecond)
	return "careless", err
}

// Journey is long enough to be interrupted anywhere: timers, activities, a child, signals and updates.
func Journey(ctx workflow.Context, steps int) (string, error) {
	pushes := 0
	err := workflow.SetUpdateHandler(ctx, "push", func(ctx workflow.Context) (int, error) {
		pushes++
		return pushes, nil
	})
	if err != nil {
		return "", err
	}
	done := 0
	for step := range steps {
		if err := workflow.Sleep(ctx, 50*time.Millisecond); err != nil {
			return "", err
		}
		var attempt int32
		if err := workflow.ExecuteActivity(quick(ctx), FailUntil, 1+step%2).Get(ctx, &attempt); err != nil {
			return "", err
		}
		done++
	}
	if err := workflow.ExecuteChildWorkflow(ctx, Naps).Get(ctx, nil); err != nil {
		return "", err
	}
	signals := workflow.GetSignalChannel(ctx, "end")
	signals.Receive(ctx, nil)
	return fmt.Sprintf("%d steps, %d pushes", done, pushes), nil
}

// quick gives activities time-outs and retries that fit a short suite.
func quick(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 20 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, BackoffCoefficient: 1},
	})
}
