package vault

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Guard is the resource guard of a vault: whoever wants to do what it protects needs access to it, too.
type Guard struct {
	// ID is the guard's, in the service's spelling; empty when the vault has none.
	ID string
	// requests are the operation requests to name, by the operation.
	requests map[catalog.CriticalOperation]string
	mapping  string // the id of what maps the vault to it
}

// Protects tells whether the guard protects an operation.
func (g Guard) Protects(op catalog.CriticalOperation) bool { return g.requests[op] != "" }

// GuardedError says that an operation was refused that the vault's resource guard protects.
type GuardedError struct {
	Guard     string
	Operation catalog.CriticalOperation
	Err       error
}

// Error is that of the refusal.
func (e *GuardedError) Error() string { return e.Err.Error() }

// Unwrap returns the refusal.
func (e *GuardedError) Unwrap() error { return e.Err }

// guardedBy marks a refusal for want of access to a guard that protects the operation. With the code AuthorizationFailed it is
// the right on the vault that is missing.
func guardedBy(g Guard, op catalog.CriticalOperation, err error) error {
	var known *GuardedError
	if !g.Protects(op) || !arm.IsForbidden(err) || arm.HasCode(err, "AuthorizationFailed") || errors.As(err, &known) {
		return err
	}
	return &GuardedError{Guard: g.ID, Operation: op, Err: err}
}

// guardName is what Microsoft's clients and the portal call the mapping of a vault to its guard.
const guardName = "VaultProxy"

type wireMapping struct {
	ID         string                `json:"id,omitempty"`
	Properties wireMappingProperties `json:"properties"`
}

type wireMappingProperties struct {
	GuardID string `json:"resourceGuardResourceId"`
	Details []struct {
		Operation catalog.CriticalOperation `json:"vaultCriticalOperation"`
		Request   string                    `json:"defaultResourceRequest"`
	} `json:"resourceGuardOperationDetails,omitempty"`
}

func (w wireMapping) guard() Guard {
	g := Guard{ID: w.Properties.GuardID, mapping: w.ID, requests: map[catalog.CriticalOperation]string{}}
	for _, detail := range w.Properties.Details {
		g.requests[detail.Operation] = detail.Request
	}
	return g
}

// guardedWord is what a vault with a guard says of multi-user authorization.
const guardedWord = "Enabled"

// Guard is the guard of a vault. Only a vault that says that it has one is asked for it.
func (c *Client) Guard(ctx context.Context, id arm.ID) (Guard, error) {
	v, err := c.Get(ctx, id)
	if err != nil {
		return Guard{}, err
	}
	return c.GuardOf(ctx, v)
}

// GuardOf is Guard of a vault that was read.
func (c *Client) GuardOf(ctx context.Context, v Vault) (Guard, error) {
	if !strings.EqualFold(v.multiUser, guardedWord) {
		return Guard{}, nil
	}
	return c.guards.get(ctx, v.ID.Key(), func(ctx context.Context) (Guard, error) {
		for w, err := range arm.List[wireMapping](ctx, c.arm, v.ID.String()+"/backupResourceGuardProxies", catalog.BackupAPIVersion, nil) {
			return w.guard(), err
		}
		return Guard{}, nil
	})
}

// WithGuard is a vault with the id of its guard, as far as the service says it.
func (c *Client) WithGuard(ctx context.Context, v Vault) (Vault, error) {
	g, err := c.GuardOf(ctx, v)
	switch {
	case err != nil && arm.IsForbidden(err):
		return v, nil // there is no right to see it
	case err != nil:
		return v, err
	case v.multiUser != "":
		v.GuardID = &g.ID
	}
	return v, nil
}

// guarding is the guard of a vault as far as it is known: what cannot be found out, the service decides.
func (c *Client) guarding(ctx context.Context, id arm.ID) Guard {
	key := "guarding " + id.Key()
	g, err := c.guards.get(ctx, key, func(ctx context.Context) (Guard, error) { return c.Guard(ctx, id) })
	if err != nil {
		return Guard{}
	}
	return g
}

// SetGuard maps a vault to a resource guard, or to none with an empty id, and returns the guard as the service has it. To take
// one away is what the guard itself protects.
func (c *Client) SetGuard(ctx context.Context, id arm.ID, guard string) (Guard, error) {
	was, err := c.Guard(ctx, id)
	if err != nil || strings.EqualFold(was.ID, guard) {
		return was, err
	}
	c.inventory.writing(id)
	defer func() {
		c.inventory.wrote(id, true)
		c.guards.forget(id.Key())
		c.guards.forget("guarding " + id.Key())
	}()
	if was.ID != "" {
		if err := c.unlock(ctx, was, catalog.RemoveGuard, ""); err != nil {
			return was, err
		}
		err := c.arm.Do(ctx, arm.Request{Method: http.MethodDelete, Path: was.mapping, APIVersion: catalog.BackupAPIVersion}, nil)
		if err != nil && !arm.IsNotFound(err) {
			return was, guardedBy(was, catalog.RemoveGuard, err)
		}
	}
	if guard == "" {
		return Guard{}, nil
	}
	var w wireMapping
	err = c.arm.Do(ctx, arm.Request{
		Method: http.MethodPut, Path: id.String() + "/backupResourceGuardProxies/" + guardName, APIVersion: catalog.BackupAPIVersion,
		Body: wireMapping{Properties: wireMappingProperties{GuardID: guard}},
	}, &w)
	return w.guard(), err
}

// unlock lets what a guard protects be deleted for a while: the thing with this id, or the mapping itself.
func (c *Client) unlock(ctx context.Context, g Guard, op catalog.CriticalOperation, id string) error {
	body := map[string]any{"resourceGuardOperationRequests": []string{g.requests[op]}}
	if id != "" {
		body["resourceToBeDeleted"] = id
	}
	if !g.Protects(op) {
		return nil
	}
	err := c.arm.Do(ctx, arm.Request{Method: http.MethodPost, Path: g.mapping + "/unlockDelete", APIVersion: catalog.BackupAPIVersion, Body: body}, nil)
	return guardedBy(g, op, err)
}

// guardStep adds to a step of a vault's settings the operation requests of what its guard protects, and returns what these are.
func (c *Client) guardStep(ctx context.Context, was Vault, step Settings, w *wireVault) (Guard, []catalog.CriticalOperation) {
	ops := step.critical(was.Settings)
	if len(ops) == 0 {
		return Guard{}, nil
	}
	g := c.guarding(ctx, was.ID)
	var guarded []catalog.CriticalOperation
	for _, op := range ops {
		if g.Protects(op) {
			guarded = append(guarded, op)
			w.Properties.ResourceGuardOperationRequests = append(w.Properties.ResourceGuardOperationRequests, g.requests[op])
		}
	}
	return g, guarded
}

// critical are the critical operations of a change from one vault's settings to others.
func (s Settings) critical(was Settings) (ops []catalog.CriticalOperation) {
	if s.SoftDelete != nil && s.SoftDelete.State == catalog.SoftDeleteDisabled && orZero(was.SoftDelete).State != catalog.SoftDeleteDisabled {
		ops = append(ops, catalog.WeakenSoftDelete)
	}
	if s.Immutability != nil && *s.Immutability == ImmutabilityDisabled && orZero(was.Immutability) == ImmutabilityUnlocked {
		ops = append(ops, catalog.WeakenImmutability)
	}
	if s.ImmutabilityPeriod != nil && s.ImmutabilityPeriod.Days < orZero(was.ImmutabilityPeriod).Days {
		ops = append(ops, catalog.ShortenImmutability)
	}
	if s.Encryption != nil && !s.Encryption.same(was.Encryption) {
		ops = append(ops, catalog.ChangeEncryption)
	}
	return ops
}

// CriticalChanges are the critical operations that it takes to bring a vault to these settings.
func (s Settings) CriticalChanges(v Vault) []catalog.CriticalOperation {
	step, _ := s.missing(v.Settings)
	return step.critical(v.Settings)
}

// asksGuard is a guard, and which of what it protects a request asks it for; the zero value asks nothing.
type asksGuard struct {
	guard Guard
	op    catalog.CriticalOperation
}

// ask is what a request about a thing in a vault asks of its guard.
func (c *Client) ask(ctx context.Context, vault arm.ID, op catalog.CriticalOperation) asksGuard {
	return asksGuard{c.guarding(ctx, vault), op}
}

// requests are the operation requests to name.
func (a asksGuard) requests() []string {
	if !a.guard.Protects(a.op) {
		return nil
	}
	return []string{a.guard.requests[a.op]}
}

// refusal marks the error of a request that asked.
func (a asksGuard) refusal(err error) error { return guardedBy(a.guard, a.op, err) }

// askForPolicy is ask of another policy for a VM, for one that keeps less.
func (c *Client) askForPolicy(ctx context.Context, vault arm.ID, before, after string) asksGuard {
	was, err := ParsePolicyID(before)
	is, isErr := ParsePolicyID(after)
	if err != nil || isErr != nil || strings.EqualFold(before, after) {
		return asksGuard{}
	}
	asked := c.ask(ctx, vault, catalog.KeepBackupsForLess)
	if !asked.guard.Protects(asked.op) {
		return asksGuard{}
	}
	old, oldErr := c.Policy(ctx, was)
	next, nextErr := c.Policy(ctx, is)
	if oldErr == nil && nextErr == nil && !next.Settings.KeepsLess(old.Settings) {
		return asksGuard{}
	}
	return asked
}
