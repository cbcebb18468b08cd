// Runs the shapes of the official Go SDK against a server and prints a table of them as JSON on its last line.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

type result struct {
	Name    string  `json:"name"`
	Passed  bool    `json:"passed"`
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error,omitempty"`
}

type report struct {
	Shapes     []result       `json:"shapes"`
	EventTypes map[string]int `json:"eventTypes"`
}

func main() {
	address := flag.String("address", "127.0.0.1:7233", "host:port of the server")
	only := flag.String("only", "", "a regular expression over the names of shapes")
	kills := flag.Bool("kills", false, "run the shapes in which the caller of this program kills the server")
	queue := flag.String("worker", "", "run no shapes: be a worker of this task queue until stdin ends")
	ours := flag.Bool("ours", false, "expect lists to show at once what was acknowledged")
	flag.Parse()

	world, err := openWorld(*address, *ours)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *queue != "" {
		beWorker(world, *queue)
		return
	}
	chosen := shapes
	if *kills {
		chosen = killShapes
	}
	names := regexp.MustCompile(*only)
	worker.SetStickyWorkflowCacheSize(1000)
	main := world.startWorker(world.taskQueue, worker.Options{})
	done := runAll(world, chosen, names, map[bool]int{true: 1, false: 10}[*kills])
	main.Stop()
	out, _ := json.Marshal(report{Shapes: done, EventTypes: world.eventTypes()})
	fmt.Println(string(out))
	world.client.Close()
}

// beWorker is for the tests of programs that are no workers themselves.
func beWorker(world *World, queue string) {
	running := world.startWorker(queue, worker.Options{Identity: "a Go worker"})
	fmt.Println("READY")
	_, _ = io.Copy(io.Discard, os.Stdin)
	running.Stop()
}

func openWorld(address string, ours bool) (*World, error) {
	options := client.Options{HostPort: address, Logger: silentLogger{}}
	dialled, err := client.Dial(options)
	if err != nil {
		return nil, err
	}
	prefix := "compat-go-" + randomText()
	world := &World{client: dialled, options: options, prefix: prefix, taskQueue: prefix + "-main", ours: ours}
	return world, world.prepareSearchAttributes()
}
