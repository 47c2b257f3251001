package page

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// reader asks the service, in this process.
type reader struct {
	transport *embedded.Transport
}

func newReader(service http.Handler) *reader { return &reader{embedded.NewTransport(service)} }

// refusal is an answer of the service that is not what was asked for.
type refusal struct {
	Status  int
	Code    string
	Message string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Message) }

// get reads what is at an ARM id.
func (r *reader) get(ctx context.Context, id, version string, into any) error {
	return r.fetch(ctx, address(id, version), into)
}

// address is the URL of an ARM id. Ids hold names as they are; in a URL some characters must be escaped.
func address(id, version string) string {
	path := url.URL{Path: id}
	return embedded.Endpoint + path.EscapedPath() + "?api-version=" + version
}

func (r *reader) fetch(ctx context.Context, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", "terraform-provider-backup-page")
	response, err := r.transport.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		var said struct {
			Error struct{ Code, Message string }
		}
		// A body that is none of ARM's leaves the status, which tells enough.
		_ = json.Unmarshal(body, &said)
		return &refusal{response.StatusCode, said.Error.Code, said.Error.Message}
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("the answer to GET %s cannot be read: %w", request.URL.Path, err)
	}
	return nil
}

// list reads the entries of a list, page by page; of one with a limit, which 0 is not, no more pages than needed.
func list[T any](ctx context.Context, r *reader, id, version string, limit int) (entries []T, more bool, err error) {
	for next := address(id, version); next != ""; {
		if limit > 0 && len(entries) >= limit {
			return entries[:limit], true, nil
		}
		var page struct {
			Value    []T    `json:"value"`
			NextLink string `json:"nextLink"`
		}
		if err := r.fetch(ctx, next, &page); err != nil {
			return nil, false, err
		}
		entries, next = append(entries, page.Value...), page.NextLink
	}
	if limit > 0 && len(entries) > limit {
		return entries[:limit], true, nil
	}
	return entries, false, nil
}
