package embedded

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// maxBody is ARM's limit on the size of a request.
const maxBody = 4 << 20

// answer is what a handler replies.
type answer struct {
	status int
	header http.Header // besides the common ones
	body   any         // nil: none
}

func answerOK(body any) *answer { return &answer{status: http.StatusOK, body: body} }

// with adds a header.
func (a *answer) with(name, value string) *answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

func (a *answer) write(w http.ResponseWriter) {
	var content bytes.Buffer
	if a.body != nil {
		encoder := json.NewEncoder(&content)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(a.body); err != nil {
			// Bodies are structs of this package and JSON that was decoded before; not even a bug gets here.
			panic(err)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	// A client that is gone does not need the rest.
	_, _ = w.Write(content.Bytes())
}

func setCommonHeaders(header, request http.Header, now time.Time) {
	const correlation, client = "X-Ms-Correlation-Request-Id", "X-Ms-Client-Request-Id"
	header.Set("X-Ms-Request-Id", uuid.NewString())
	if id := request.Get(correlation); id != "" {
		header.Set(correlation, id)
	} else {
		header.Set(correlation, uuid.NewString())
	}
	if id := request.Get(client); id != "" {
		header.Set(client, id)
	}
	// Clients learn from it what time it is here, where the clock can be moved.
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	header.Set("Cache-Control", "no-cache")
	header.Set("Expires", "-1")
	header.Set("X-Content-Type-Options", "nosniff")
}

// retryAfter adds the hint when to poll, if the service gives one.
func (s *Service) retryAfter(a *answer) *answer { return a.retryIn(s.config.RetryAfter) }

// retryIn adds when to ask again, unless that is 0: exactly, for the clients that read milliseconds, and in whole seconds,
// rounded up, since 0 is no hint to any of them.
func (a *answer) retryIn(d time.Duration) *answer {
	if d <= 0 {
		return a
	}
	return a.with("Retry-After", roundedUp(d, time.Second)).with("Retry-After-Ms", roundedUp(d, time.Millisecond))
}

func roundedUp(d, unit time.Duration) string { return strconv.FormatInt(int64((d+unit-1)/unit), 10) }

// object is a decoded JSON object. Documents stay in this form from end to end, so that what the service does not
// model is kept.
type object = map[string]any

// content decodes the body of the request. Its members have Azure's names, in whatever letter case they were sent.
func (c *call) content() (object, error) {
	known, ok := membersOf[c.kind]
	if !ok {
		return nil, fmt.Errorf("the members of a request about a %s are not known", c.kind)
	}
	return c.contentAs(known)
}

func (c *call) contentAs(known members) (object, error) {
	b, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil {
		return nil, invalidContent("%v", err)
	}
	if len(b) > maxBody {
		return nil, &Fault{Code: codeTooLarge, Message: "The request is larger than 4 MiB."}
	}
	return decodeAs(b, known)
}

// decode reads numbers as they are written: going through float64 would change the large ones.
func decode(b []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	var o object
	if err := decoder.Decode(&o); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, invalidContent("the body is empty.")
		}
		return nil, invalidContent("%v.", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, invalidContent("there is text after the JSON object.")
	}
	if o == nil {
		return nil, invalidContent("a JSON object was expected.")
	}
	return o, nil
}

// text returns a top-level string; absent and null are "".
func text(o object, name string) (string, error) {
	switch v := o[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	default:
		return "", invalidContent("'%s' must be a string.", name)
	}
}

// section returns a top-level object; absent and null are an empty one.
func section(o object, name string) (object, error) {
	switch v := o[name].(type) {
	case nil:
		return object{}, nil
	case object:
		return v, nil
	default:
		return nil, invalidContent("'%s' must be an object.", name)
	}
}

// tagsOf returns the tags of a resource after checking them against the rules for tags.
func tagsOf(o object) (map[string]string, error) {
	values, err := section(o, "tags")
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for name, value := range values {
		s, ok := value.(string)
		if !ok {
			return nil, invalidContent("the value of tag '%s' must be a string.", name)
		}
		tags[name] = s
	}
	if err := catalog.CheckTags(tags); err != nil {
		return nil, &Fault{Code: codeInvalidTags, Message: err.Error()}
	}
	return tags, nil
}

// etag is the tag of a document written at that moment, in the form the service uses.
func etag(written time.Time) string {
	stamp := written.UTC().Format("2006-01-02T15:04:05.0000000Z")
	return `W/"datetime'` + strings.ReplaceAll(stamp, ":", "%3A") + `'"`
}
