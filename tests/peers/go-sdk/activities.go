package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

type Greeting struct {
	Word  string
	Names []string
	Raw   []byte
}

func Greet(_ context.Context, name string) (string, error) { return "hello " + name, nil }

func GreetTyped(_ context.Context, greeting Greeting) (Greeting, error) {
	greeting.Names = append(greeting.Names, greeting.Word)
	return greeting, nil
}

func FailUntil(ctx context.Context, attempt int) (int32, error) {
	if now := activity.GetInfo(ctx).Attempt; now < int32(attempt) {
		return 0, temporal.NewApplicationError(fmt.Sprintf("attempt %d", now), "NotYet", now)
	}
	return activity.GetInfo(ctx).Attempt, nil
}

func FailForGood(_ context.Context, how string) (string, error) {
	if how == "non-retryable" {
		return "", temporal.NewNonRetryableApplicationError("no more", "Final", errors.New("the cause"), "detail")
	}
	return "", temporal.NewApplicationError("excluded", "Excluded")
}

func FailWithDelay(ctx context.Context) (string, error) {
	if activity.GetInfo(ctx).Attempt > 1 {
		return "after the delay", nil
	}
	options := temporal.ApplicationErrorOptions{NextRetryDelay: 10 * time.Millisecond}
	return "", temporal.NewApplicationErrorWithOptions("later", "Later", options)
}

// Hang runs until its context ends.
func Hang(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// HeartbeatThenHang hangs in its first attempt and returns in its second what the first told.
func HeartbeatThenHang(ctx context.Context) (string, error) {
	if activity.HasHeartbeatDetails(ctx) {
		var told string
		err := activity.GetHeartbeatDetails(ctx, &told)
		return "went on from " + told, err
	}
	activity.RecordHeartbeat(ctx, "half")
	<-ctx.Done()
	return "", ctx.Err()
}

func HeartbeatUntilCancelled(ctx context.Context) (string, error) {
	for ctx.Err() == nil {
		activity.RecordHeartbeat(ctx, "still here")
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	return "", ctx.Err()
}

// CompleteElsewhere leaves its completion to others, who find its token in the heartbeat.
func CompleteElsewhere(ctx context.Context) (string, error) {
	activity.RecordHeartbeat(ctx, activity.GetInfo(ctx).TaskToken)
	return "", activity.ErrResultPending
}

func DescribeMyself(ctx context.Context) (string, error) {
	info := activity.GetInfo(ctx)
	return fmt.Sprint(info.TaskQueue, " ", info.ActivityType.Name, " ", info.Attempt, " ", info.StartToCloseTimeout), nil
}

func Nap(_ context.Context, ms int) (int, error) {
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return ms, nil
}

func SayColour(ctx context.Context) (string, error) {
	colour, _ := ctx.Value(colourKey).(string)
	return colour, nil
}

func AnyActivity(ctx context.Context, args converter.EncodedValues) (string, error) {
	var first string
	err := args.Get(&first)
	return activity.GetInfo(ctx).ActivityType.Name + " " + first, err
}

func registerActivities(w worker.Worker) {
	for _, run := range []any{Greet, GreetTyped, FailUntil, FailForGood, FailWithDelay, Hang, HeartbeatThenHang,
		HeartbeatUntilCancelled, CompleteElsewhere, DescribeMyself, Nap, SayColour} {
		w.RegisterActivity(run)
	}
	w.RegisterDynamicActivity(AnyActivity, activity.DynamicRegisterOptions{})
}
