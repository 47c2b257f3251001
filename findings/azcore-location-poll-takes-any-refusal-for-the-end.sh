#!/usr/bin/env bash
# One refused poll ends a long-running operation for Microsoft's Go client, or does not, depending on which header began it.
#
# azcore 1.24.0, runtime.NewPoller. The same service is asked twice for the state of an operation that was accepted with 202. It
# refuses the first poll, as one does whose replicas have not all heard of the operation yet, and answers the second one with
# success. One would expect the two kinds of operations to end alike.
#
# Seen: an operation of Azure-AsyncOperation returns the refusal as an error of Poll, is not done, and succeeds with the second
# Poll. An operation of Location is done with the first 400, 404, 409 or 412; Poll returns no error, there is no second request, and
# Result calls the operation failed, which it is not. 429, 500 and 503 are passed over by Location, without an error of Poll, either.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat >go.mod <<'MOD'
module example.com/poll

go 1.25.0

require github.com/Azure/azure-sdk-for-go/sdk/azcore v1.24.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// service accepts an operation, refuses the first look at it with a status, and says success to the second.
func service(header string, status int, polls *int) *httptest.Server {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/operation" {
			w.Header().Set(header, server.URL+"/poll")
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if *polls++; *polls == 1 {
			w.WriteHeader(status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status":"Succeeded"}`)
	}))
	return server
}

func main() {
	ctx := context.Background()
	noRetries := &policy.ClientOptions{Retry: policy.RetryOptions{MaxRetries: -1}}
	for _, header := range []string{"Azure-AsyncOperation", "Location"} {
		for _, status := range []int{400, 404, 409, 412, 429, 500, 503} {
			polls := 0
			server := service(header, status, &polls)
			pipeline := runtime.NewPipeline("poll", "v1.0.0", runtime.PipelineOptions{}, noRetries)
			request, err := runtime.NewRequest(ctx, http.MethodDelete, server.URL+"/operation")
			if err != nil {
				panic(err)
			}
			response, err := pipeline.Do(request)
			if err != nil {
				panic(err)
			}
			poller, err := runtime.NewPoller[struct{}](response, pipeline, nil)
			if err != nil {
				panic(err)
			}
			_, first := poller.Poll(ctx)
			done := poller.Done()
			if _, err := poller.Poll(ctx); err != nil {
				panic(err)
			}
			_, result := poller.Result(ctx)
			fmt.Printf("%s %d: error=%t done=%t requests=%d failed=%t\n", header, status, first != nil, done, polls, result != nil)
			server.Close()
		}
	}
}
GO
go mod tidy 2>/dev/null

cat >expected <<'SEEN'
Azure-AsyncOperation 400: error=true done=false requests=2 failed=false
Azure-AsyncOperation 404: error=true done=false requests=2 failed=false
Azure-AsyncOperation 409: error=true done=false requests=2 failed=false
Azure-AsyncOperation 412: error=true done=false requests=2 failed=false
Azure-AsyncOperation 429: error=true done=false requests=2 failed=false
Azure-AsyncOperation 500: error=true done=false requests=2 failed=false
Azure-AsyncOperation 503: error=true done=false requests=2 failed=false
Location 400: error=false done=true requests=1 failed=true
Location 404: error=false done=true requests=1 failed=true
Location 409: error=false done=true requests=1 failed=true
Location 412: error=false done=true requests=1 failed=true
Location 429: error=false done=false requests=2 failed=false
Location 500: error=false done=false requests=2 failed=false
Location 503: error=false done=false requests=2 failed=false
SEEN
CGO_ENABLED=0 go run . >seen
cat seen
diff expected seen
