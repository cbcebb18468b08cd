package main

import (
	"context"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
)

type colour struct{}

var colourKey = colour{}

// colours carries a value from the context of a caller into those of workflows and activities, in headers.
type colours struct{}

func (colours) Inject(ctx context.Context, writer workflow.HeaderWriter) error {
	return write(ctx.Value(colourKey), writer)
}

func (colours) InjectFromWorkflow(ctx workflow.Context, writer workflow.HeaderWriter) error {
	return write(ctx.Value(colourKey), writer)
}

func (colours) Extract(ctx context.Context, reader workflow.HeaderReader) (context.Context, error) {
	value, err := read(reader)
	return context.WithValue(ctx, colourKey, value), err
}

func (colours) ExtractToWorkflow(ctx workflow.Context, reader workflow.HeaderReader) (workflow.Context, error) {
	value, err := read(reader)
	return workflow.WithValue(ctx, colourKey, value), err
}

func write(value any, writer workflow.HeaderWriter) error {
	text, isText := value.(string)
	if !isText {
		return nil
	}
	payload, err := converter.GetDefaultDataConverter().ToPayload(text)
	writer.Set("colour", payload)
	return err
}

func read(reader workflow.HeaderReader) (string, error) {
	payload, isThere := reader.Get("colour")
	if !isThere {
		return "", nil
	}
	var text string
	err := converter.GetDefaultDataConverter().FromPayload(payload, &text)
	return text, err
}
