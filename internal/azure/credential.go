package azure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Attempt is one sign-in method, and what became of it.
type Attempt struct {
	Method Method
	// Tried is false when the method is not configured.
	Tried bool
	// Reason says why the method was skipped or failed, in one line without secrets; "" when it worked.
	Reason string
}

// SignInError says why no method worked. It lists every one.
type SignInError struct {
	// Cloud is the cloud's name.
	Cloud    string
	Attempts []Attempt
}

// Error has one line for each method.
func (e *SignInError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no way to sign in to Azure (%s) works:", e.Cloud)
	for _, a := range e.Attempts {
		verb := "skipped"
		if a.Tried {
			verb = "failed"
		}
		fmt.Fprintf(&b, "\n- %s %s: %s", a.Method, verb, a.Reason)
	}
	return b.String()
}

// NonRetriable marks the error for azcore's retry policy: azidentity has already retried.
func (*SignInError) NonRetriable() {}

// SignIn is how a connection has signed in.
type SignIn struct {
	Method Method
	// Attempts are all methods in order, with those that failed before this one worked.
	Attempts []Attempt
}

// credential chooses a method at the first token and stays with it: a token that cannot be renewed must not turn into
// one of another identity. It implements azcore.TokenCredential.
type credential struct {
	cloud   Cloud
	tenants []string // auxiliary
	methods []method
	redact  *redactor

	mu     sync.Mutex
	chosen *method
	inner  azcore.TokenCredential
	result SignIn
	// first are the tokens that the sign-in got, by tenant. Each is handed out once, so that the first request does not
	// run az again; after that azidentity and azcore do the caching.
	first map[string]azcore.AccessToken
	// last is the token that was handed out latest for the own tenant.
	last string
	// past are claims for the next token, so that it is a new one.
	past string
}

// soonExpired is when azcore asks for a new token. Other providers may keep Terraform busy for hours between the sign-in
// and the first request.
const soonExpired = 5 * time.Minute

// GetToken implements azcore.TokenCredential.
func (c *credential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if _, err := c.signIn(ctx); err != nil {
		return azcore.AccessToken{}, err
	}
	c.mu.Lock()
	chosen, inner := c.chosen, c.inner
	token, waiting := c.first[options.TenantID]
	delete(c.first, options.TenantID)
	options.Claims = cmp.Or(options.Claims, c.past)
	c.mu.Unlock()
	if !waiting || time.Until(token.ExpiresOn) < soonExpired {
		var err error
		if token, err = c.fetch(ctx, chosen, inner, options); err != nil {
			return token, err
		}
	}
	if options.TenantID == "" {
		c.mu.Lock()
		c.last, c.past = token.Token, ""
		c.mu.Unlock()
	}
	return token, nil
}

// signIn tries the methods until one has a token for every tenant. A success is kept, a failure is not.
func (c *credential) signIn(ctx context.Context) (SignIn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chosen != nil {
		return c.result, nil
	}
	var attempts []Attempt
	for i := range c.methods {
		m := &c.methods[i]
		if m.skip != "" {
			attempts = append(attempts, Attempt{Method: m.name, Reason: m.skip})
			continue
		}
		inner, first, err := c.try(ctx, m)
		if ctx.Err() != nil {
			return SignIn{}, fmt.Errorf("signing in to Azure was interrupted: %w", ctx.Err())
		}
		if err != nil {
			attempts = append(attempts, Attempt{Method: m.name, Tried: true, Reason: c.redact.clean(err.Error())})
			continue
		}
		attempts = append(attempts, Attempt{Method: m.name, Tried: true})
		c.chosen, c.inner, c.first = m, inner, first
		c.result = SignIn{Method: m.name, Attempts: attempts}
		return c.result, nil
	}
	return SignIn{}, &SignInError{Cloud: c.cloud.Name, Attempts: attempts}
}

// try signs in with one method, to the own tenant and the auxiliary ones.
func (c *credential) try(ctx context.Context, m *method) (azcore.TokenCredential, map[string]azcore.AccessToken, error) {
	inner, err := m.build()
	if err != nil {
		return nil, nil, err
	}
	tokens := map[string]azcore.AccessToken{}
	for _, tenant := range append([]string{""}, c.tenants...) {
		// CAE as in azcore's policy, for azidentity keeps the two kinds of token apart.
		options := policy.TokenRequestOptions{Scopes: []string{c.cloud.Scope()}, TenantID: tenant, EnableCAE: true}
		token, err := c.ask(ctx, m, inner, options)
		if err != nil && tenant != "" {
			err = fmt.Errorf("auxiliary tenant %s: %w", tenant, err)
		}
		if err != nil {
			return nil, nil, err
		}
		tokens[tenant] = token
	}
	return inner, tokens, nil
}

// fetch gets a token after the sign-in.
func (c *credential) fetch(ctx context.Context, m *method, inner azcore.TokenCredential, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := c.ask(ctx, m, inner, options)
	switch {
	case err == nil:
		return token, nil
	case ctx.Err() != nil:
		return token, fmt.Errorf("signing in to Azure was interrupted: %w", ctx.Err())
	}
	return token, &SignInError{Cloud: c.cloud.Name, Attempts: []Attempt{
		{Method: m.name, Tried: true, Reason: c.redact.clean(err.Error())},
	}}
}

// ask gets a token, or the reason why there is none, which may still hold secrets.
func (c *credential) ask(ctx context.Context, m *method, inner azcore.TokenCredential, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	noting, f := withFailure(ctx)
	token, err := inner.GetToken(noting, options)
	switch {
	case err == nil:
		return token, nil
	case m.explain != nil:
		return token, errors.New(m.explain(ctx, err, f))
	}
	return token, errors.New(reason(err, f))
}

// renew makes the next token a new one, unless the one that was refused has been replaced in the meantime. azidentity
// has no way to forget a token that it thinks is good, so its credential is made anew.
func (c *credential) renew(refused string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chosen == nil || refused == "" {
		return false
	}
	if refused != c.last {
		return true
	}
	inner, err := c.chosen.build()
	if err != nil {
		return false
	}
	c.inner, c.past = inner, c.chosen.pastCache
	clear(c.first)
	return true
}
