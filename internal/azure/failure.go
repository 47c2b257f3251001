package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// failure keeps the last thing that went wrong below azidentity, which passes most errors on as text only.
type failure struct {
	mu  sync.Mutex
	err error
}

type failureKey struct{}

// withFailure makes a context under which note is remembered.
func withFailure(ctx context.Context) (context.Context, *failure) {
	f := &failure{}
	return context.WithValue(ctx, failureKey{}, f), f
}

// note remembers an error for whoever made the context; it returns the error.
func note(ctx context.Context, err error) error {
	if f, wanted := ctx.Value(failureKey{}).(*failure); wanted {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.err = err
	}
	return err
}

func (f *failure) noted() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// noting notes the errors of another round tripper.
type noting struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (n noting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := n.next.RoundTrip(req)
	var plain *noIdentityError
	switch {
	case errors.As(err, &plain):
		_ = note(req.Context(), plain)
	case err != nil:
		_ = note(req.Context(), fmt.Errorf("no answer from %s: %w", origin(req.URL), err))
	}
	return resp, err
}

// reason puts why a sign-in failed into one short line. azidentity's own text has the whole answer in it, pages long.
func reason(err error, f *failure) string {
	var failed *azidentity.AuthenticationFailedError
	if errors.As(err, &failed) && failed.RawResponse != nil {
		return refusal(failed.RawResponse)
	}
	if noted := f.noted(); noted != nil {
		return oneLine(noted.Error())
	}
	text := credentialName.ReplaceAllString(err.Error(), "")
	if strings.HasPrefix(text, "json decode error") {
		return "the answer of the sign-in service is not the JSON expected" // the text goes on with the answer itself
	}
	return firstSentence(text)
}

var (
	credentialName = regexp.MustCompile(`^\w+Credential(\.GetToken\(\))?: `)
	signInCode     = regexp.MustCompile(`AADSTS[0-9]+`)
)

// refusal is what a sign-in service said: its code and first sentence. The error codes are explained at
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
func refusal(resp *http.Response) string {
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	host := ""
	if resp.Request != nil {
		host = " from " + origin(resp.Request.URL)
	}
	content, err := runtime.Payload(resp)
	if err != nil || json.Unmarshal(content, &body) != nil || body.Error+body.Description == "" {
		return fmt.Sprintf("HTTP %d%s, which is not the answer of a sign-in service", resp.StatusCode, host)
	}
	text := firstSentence(body.Description)
	if code := signInCode.FindString(text); code == "" {
		text = strings.Trim(body.Error+": "+text, ": ")
	} else if hint := hints[code]; hint != "" {
		text += " (" + hint + ")"
	}
	return text
}

// hints add what Microsoft's sentence does not say; it is cut before its advice.
var hints = map[string]string{
	"AADSTS90002":   "a tenant belongs to one cloud; is the environment the right one?",
	"AADSTS700016":  "an application belongs to one cloud; are the tenant and the environment the right ones?",
	"AADSTS900382":  "the account belongs to another cloud than the environment",
	"AADSTS7000215": "give the secret's value, not its id",
	"AADSTS700024":  "the OIDC token is too old or not valid yet; is the clock right?",
	"AADSTS70021":   "no federated credential of the application matches the OIDC token",
	"AADSTS700213":  "no federated credential of the application matches the OIDC token",
}

const longestReason = 300

// firstSentence ends at the first full stop that a space or a line end follows.
func firstSentence(text string) string {
	text = oneLine(text)
	if i := strings.Index(text, ". "); i > 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(text, ".")
}

// oneLine keeps the first line, shortened.
func oneLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(strings.TrimSpace(text)); len(runes) > longestReason {
		return string(runes[:longestReason]) + "…"
	}
	return strings.TrimSpace(text)
}

// redactor removes secrets from texts that come from elsewhere: a server may repeat what it was sent.
type redactor struct {
	mu      sync.Mutex
	secrets []string
}

// add remembers secrets, in each form in which they could stand in a text.
func (r *redactor) add(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		quoted := strconv.Quote(secret)
		for _, form := range []string{
			secret, strings.TrimSpace(secret), quoted[1 : len(quoted)-1], url.QueryEscape(secret), url.PathEscape(secret),
		} {
			if len(form) >= shortestSecret && !slices.Contains(r.secrets, form) {
				r.secrets = append(r.secrets, form)
			}
		}
	}
	// A secret that is part of another goes after it.
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

// shortestSecret keeps a password of a letter or two from turning every text into a riddle. Nothing that short is sent
// anywhere: only the password of a certificate can be, and that stays in the process.
const shortestSecret = 4

func (r *redactor) clean(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, redacted)
	}
	return text
}
