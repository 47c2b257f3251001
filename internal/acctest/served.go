package acctest

import (
	"context"
	"crypto/tls"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// servedVariable, when it is set, puts the embedded service of every provider that Factories makes behind the server of
// `serve`: requests go through TLS, HTTP and all that the server checks, and tests cannot tell.
const servedVariable = "BACKUP_ACC_SERVED"

// servedOptions are the options that do so.
func servedOptions() []backend.Option {
	if os.Getenv(servedVariable) == "" {
		return nil
	}
	return []backend.Option{backend.WithTransport(behindServer)}
}

// numberHeader tells the server whose request it is.
const numberHeader = "X-Acctest-Provider"

// behind is the one server of the process, and the services behind it by number.
var behind struct {
	sync.Mutex
	server   *httptest.Server
	services []policy.Transporter
}

// behindServer is a way to the same service, through the server.
func behindServer(service policy.Transporter) policy.Transporter {
	behind.Lock()
	defer behind.Unlock()
	if behind.server == nil {
		behind.server = httptest.NewUnstartedServer(server.New(server.Config{Service: http.HandlerFunc(dispatch)}))
		behind.server.EnableHTTP2 = true
		behind.server.StartTLS()
	}
	behind.services = append(behind.services, service)
	number := strconv.Itoa(len(behind.services) - 1)
	network, _ := behind.server.Client().Transport.(*http.Transport)
	network = network.Clone()
	address := behind.server.Listener.Addr().String()
	network.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	network.TLSClientConfig = &tls.Config{RootCAs: network.TLSClientConfig.RootCAs, ServerName: "example.com", MinVersion: tls.VersionTLS12}
	client := &http.Client{Transport: network}
	return transport(func(req *http.Request) (*http.Response, error) {
		if "https://"+req.URL.Host != embedded.Endpoint {
			return service.Do(req) // on its way to another process
		}
		req = req.Clone(req.Context())
		req.Header.Set(numberHeader, number)
		return client.Do(req)
	})
}

// dispatch lets the service answer whose request it is.
func dispatch(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.Header.Get(numberHeader))
	if err != nil {
		http.Error(w, "a request of no test", http.StatusInternalServerError)
		return
	}
	behind.Lock()
	service := behind.services[number]
	behind.Unlock()
	received := r.Clone(r.Context())
	received.URL.Scheme, received.URL.Host, received.RequestURI = "https", r.Host, ""
	received.Header.Del(numberHeader)
	resp, err := service.Do(received)
	if err != nil {
		panic(http.ErrAbortHandler) // the connection broke
	}
	defer func() { _ = resp.Body.Close() }()
	maps.Copy(w.Header(), resp.Header)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}
