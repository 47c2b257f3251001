package vault

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// child is a policy or an item of a vault, as far as it matters whether it is there.
type child struct {
	vault arm.ID
	id    string
	// kind is what its list is of, for messages.
	kind string
	// look asks for it past every list; status is how it stands, and left is false when it is there and yet deleted.
	look func(ctx context.Context) (left bool, status string, err error)
	// listed tells whether the list of its vault has it.
	listed func(ctx context.Context) (bool, error)
}

func (c *Client) policyChild(id PolicyID) child {
	return child{
		vault: id.Vault, id: id.String(), kind: "policies",
		look: func(ctx context.Context) (bool, string, error) {
			_, err := c.readPolicy(ctx, id.String())
			return true, "it is unchanged", err
		},
		listed: func(ctx context.Context) (bool, error) { return c.policies.has(ctx, id.Vault.String(), id.String()) },
	}
}

func (c *Client) itemChild(id ItemID) child {
	return child{
		vault: id.Vault, id: id.String(), kind: "protected items",
		look: func(ctx context.Context) (bool, string, error) {
			item, err := c.readItem(ctx, id.String())
			return !item.SoftDeleted, item.State, err
		},
		listed: func(ctx context.Context) (bool, error) { return c.items.has(ctx, id.Vault.String(), id.String()) },
	}
}

// PolicyOrGone is Policy that is sure of what does not exist: that is a *GoneError then, and a *DoubtError when it cannot be
// sure.
func (c *Client) PolicyOrGone(ctx context.Context, id PolicyID) (Policy, error) {
	return orGone(ctx, c, c.policyChild(id), func(ctx context.Context) (Policy, error) { return c.Policy(ctx, id) },
		func(ctx context.Context) (Policy, error) { return c.readPolicy(ctx, id.String()) })
}

// ProtectedVMOrGone is ProtectedVM that is sure of what does not exist, as PolicyOrGone is.
func (c *Client) ProtectedVMOrGone(ctx context.Context, id ItemID) (ProtectedVM, error) {
	return orGone(ctx, c, c.itemChild(id), func(ctx context.Context) (ProtectedVM, error) { return c.ProtectedVM(ctx, id) },
		func(ctx context.Context) (ProtectedVM, error) { return c.readItem(ctx, id.String()) })
}

// orGone reads a child; when it is doubtful that it does not exist, past every list once more.
func orGone[T any](ctx context.Context, c *Client, ch child, read, again func(context.Context) (T, error)) (T, error) {
	var none T
	if known := c.inventory.recallGone(ch.vault); known != nil {
		return none, withVault(ch.vault, known)
	}
	found, err := read(ctx)
	if !arm.IsNotFound(err) {
		return found, err
	}
	err = c.confirmChild(ctx, ch, err)
	var doubtful *DoubtError
	if errors.As(err, &doubtful) {
		if found, lookErr := again(ctx); lookErr == nil {
			return found, nil
		}
	}
	return none, err
}

// withVault is the error of what has gone with its vault.
func withVault(vault arm.ID, vaultGone error) error {
	var e *GoneError
	if !errors.As(vaultGone, &e) {
		return vaultGone
	}
	return &GoneError{Vault: vault.Name, Group: e.Group, Answer: e.Answer}
}

// aboveChild looks at what is above a child of which the answer is that it does not exist: nil when that is there.
func (c *Client) aboveChild(ctx context.Context, ch child, answer error) error {
	err := c.lookAtParent(ctx, ch.vault)
	var doubtful *DoubtError
	switch {
	case IsGone(err):
		return withVault(ch.vault, err)
	case errors.As(err, &doubtful):
		return doubt(answer, "of the vault %q the answer is so too, and %s", ch.vault.Name, doubtful.Reason)
	case err != nil && ctx.Err() == nil:
		return doubt(answer, "whether the vault %q exists could not be found out (%s)", ch.vault.Name, bare(err))
	case err != nil:
		return err
	case blamesAbove(answer):
		return doubt(answer, "the vault %q is there, and so are its resource group and its subscription", ch.vault.Name)
	}
	return nil
}

// lookAtParent is VaultOrGone in turns: many children of one vault are read at the same time, and the first look serves them.
func (c *Client) lookAtParent(ctx context.Context, vault arm.ID) error {
	turn, _ := c.parentLooks.LoadOrStore(vault.Key(), &sync.Mutex{})
	turn.(*sync.Mutex).Lock()         //nolint:forcetypeassert // nothing else is stored
	defer turn.(*sync.Mutex).Unlock() //nolint:forcetypeassert // nothing else is stored
	_, err := c.VaultOrGone(ctx, vault)
	return err
}

// confirmChild finds out whether a child is gone of which the answer is that it does not exist: a *GoneError or a *DoubtError.
func (c *Client) confirmChild(ctx context.Context, ch child, answer error) error {
	if err := c.aboveChild(ctx, ch, answer); err != nil {
		return err
	}
	listed, err := ch.listed(ctx)
	switch {
	case listed:
		return doubt(answer, "it is still in the list of the %s of the vault %q", ch.kind, ch.vault.Name)
	case err != nil && ctx.Err() != nil:
		return err
	case err != nil && !arm.IsForbidden(err):
		return doubt(answer, "the %s of the vault %q cannot be listed (%s)", ch.kind, ch.vault.Name, bare(err))
	}
	return gone(answer)
}

// remove deletes a child and waits until it is gone. One that does not exist is success.
func (c *Client) remove(ctx context.Context, ch child, progress func(string)) error {
	op, err := c.beginWhenFree(ctx, arm.Request{Method: http.MethodDelete, Path: ch.id, APIVersion: catalog.BackupAPIVersion})
	if arm.IsNotFound(err) {
		return orNil(c.confirmChild(ctx, ch, err))
	}
	if err != nil {
		return err
	}
	err = op.Wait(ctx, progress, nil)
	if !arm.IsNotFound(err) {
		return err
	}
	return c.awaitGone(ctx, err, ch.look, func(answer error) error { return c.aboveChild(ctx, ch, answer) })
}

// orNil makes the success of a deletion of what is gone.
func orNil(err error) error {
	if IsGone(err) {
		return nil
	}
	return err
}
