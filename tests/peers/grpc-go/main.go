// A grpc-go client that exercises a server of ours and prints one line per check.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
)

// rawCodec passes bytes through, so that no message definitions are needed.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (rawCodec) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }
func (rawCodec) Name() string                       { return "proto" }

func check(name string, ok bool, detail any) {
	if !ok {
		fmt.Printf("FAILED %s: %v\n", name, detail)
		os.Exit(1)
	}
	fmt.Println("ok", name)
}

func main() {
	conn, err := grpc.NewClient(os.Args[1],
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(128<<20)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second, PermitWithoutStream: true}))
	check("connect", err == nil, err)
	call := func(ctx context.Context, method string, request []byte, options ...grpc.CallOption) ([]byte, error) {
		var reply []byte
		options = append(options, grpc.ForceCodec(rawCodec{}))
		err := conn.Invoke(ctx, "/test.Echo/"+method, &request, &reply, options...)
		return reply, err
	}
	ctx := context.Background()

	for _, size := range []int{0, 5, 16384, 65530, 65531, 4000000} {
		request := bytes.Repeat([]byte{7}, size)
		reply, err := call(ctx, "Later", request)
		check(fmt.Sprint("echo of ", size, " bytes"), err == nil && bytes.Equal(reply, request), err)
		reply, err = call(ctx, "Now", request, grpc.UseCompressor(gzip.Name))
		check(fmt.Sprint("gzip echo of ", size, " bytes"), err == nil && bytes.Equal(reply, request), err)
	}

	// Data both ways makes grpc-go measure the line with pings of its own.
	var group sync.WaitGroup
	var failure error
	for worker := 0; worker < 50; worker++ {
		group.Go(func() {
			for round := 0; round < 100; round++ {
				timeout, cancel := context.WithTimeout(ctx, time.Duration(5000+round)*time.Millisecond)
				request := bytes.Repeat([]byte{byte(worker)}, 100*round)
				reply, err := call(timeout, "Later", request)
				if err != nil || !bytes.Equal(reply, request) {
					failure = fmt.Errorf("worker %d: %w", worker, err)
				}
				cancel()
			}
		})
	}
	group.Wait()
	check("5000 calls at once", failure == nil, failure)

	_, err = call(ctx, "Fail", []byte{9})
	got := status.Convert(err)
	check("error", got.Code() == codes.FailedPrecondition && got.Message() == "no such thing: ünïcode, 100 %\n", err)
	_, err = call(ctx, "Now", make([]byte, 4194305))
	check("limit", status.Convert(err).Message() == "grpc: received message larger than max (4194305 vs. 4194304)", err)
	_, err = call(ctx, "Now", make([]byte, 5000000), grpc.UseCompressor(gzip.Name))
	check("limit behind gzip", status.Convert(err).Message() == "grpc: received message after decompression larger than max 4194304", err)
	_, err = call(ctx, "None", nil)
	check("unknown method", status.Convert(err).Message() == "unknown method None for service test.Echo", err)

	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	_, err = call(short, "Park", nil)
	cancel()
	check("deadline", status.Code(err) == codes.DeadlineExceeded, err)
	cancelled, cancel := context.WithCancel(ctx)
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = call(cancelled, "Park", nil)
	check("cancel", status.Code(err) == codes.Canceled, err)

	var trailer metadata.MD
	_, err = call(metadata.AppendToOutgoingContext(ctx, "x-text", "v", "x-bytes-bin", "\x00\xff"), "Trailers", nil, grpc.Trailer(&trailer))
	check("trailers", err == nil && trailer.Get("x-trailer")[0] == "behind" && trailer.Get("x-bytes-bin")[0] == "\x01\x02\xff", trailer)

	health, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{Service: "test.Echo"})
	check("health", err == nil && health.Status == healthpb.HealthCheckResponse_SERVING, err)
	list, err := healthpb.NewHealthClient(conn).List(ctx, &healthpb.HealthListRequest{})
	check("health list", err == nil && len(list.Statuses) == 2, err)

	stream, err := reflectionpb.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	check("reflection", err == nil, err)
	err = stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
	check("reflection request", err == nil, err)
	answer, err := stream.Recv()
	check("reflection services", err == nil && answer.GetListServicesResponse().Service[3].Name == "test.Echo", err)
	check("reflection end", stream.CloseSend() == nil, nil)

	// Three keepalive pings, ten seconds apart and without calls, must not be too many.
	if len(os.Args) > 2 && os.Args[2] == "--keepalive" {
		time.Sleep(35 * time.Second)
		_, err = call(ctx, "Now", []byte("still here"))
		check("keepalive", err == nil, err)
	}
	fmt.Println("all good")
}
