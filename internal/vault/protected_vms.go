package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// VMName is the name of the VM, from its id, or from the item's name when the service gives none.
func (v ProtectedVM) VMName() string {
	if id, err := ParseVMID(v.SourceVMID); err == nil {
		return id.Name
	}
	return v.ID.VMName()
}

// Stopped tells whether no more backups are taken and those there are stay.
func (v ProtectedVM) Stopped() bool { return v.State == StateStopped || v.State == StateSuspended }

func (c *Client) newItemBatch() *batch[ProtectedVM] {
	return &batch[ProtectedVM]{
		singles: childSingles,
		read:    c.readItem,
		list:    c.listItems,
		id:      func(v ProtectedVM) string { return v.ID.String() },
	}
}

// ProtectedVM reads one protected VM, also one that is soft-deleted. When many of a vault are read in one run, a single list
// serves most of them.
func (c *Client) ProtectedVM(ctx context.Context, id ItemID) (ProtectedVM, error) {
	return c.items.get(ctx, id.Vault.String(), id.String(), want{})
}

// FindProtectedVM is ProtectedVM for who only wants to know whether something is in the way: found is false for what a list of the
// last seconds does not have. When many of a vault are looked for in one run, a list serves also those that it lacks.
func (c *Client) FindProtectedVM(ctx context.Context, id ItemID) (v ProtectedVM, found bool, err error) {
	v, err = c.items.get(ctx, id.Vault.String(), id.String(), want{listed: true})
	if errors.Is(err, errUnlisted) || arm.IsNotFound(err) {
		return ProtectedVM{}, false, nil
	}
	return v, err == nil, err
}

// RecoveryPointCount asks for the number of an item's recovery points, which lists do not tell. It takes a call for each, so that
// of more than a few of a vault it is nil.
func (c *Client) RecoveryPointCount(ctx context.Context, id ItemID) (*int, error) {
	asked, _ := c.pointCounts.LoadOrStore(id.Vault.Key(), new(atomic.Int32))
	if asked.(*atomic.Int32).Add(1) > singleReads { //nolint:forcetypeassert // nothing else is stored
		return nil, nil
	}
	v, err := c.readItem(ctx, id.String())
	return v.RecoveryPoints, err
}

// ProtectedVMs yields the VMs whose backups a vault holds, soft-deleted ones included. The list is always fresh. One that cannot
// be read is an *arm.UnreadableError, and the others come after it.
func (c *Client) ProtectedVMs(ctx context.Context, vault arm.ID) iter.Seq2[ProtectedVM, error] {
	return c.listItems(ctx, vault.String())
}

func (c *Client) readItem(ctx context.Context, id string) (ProtectedVM, error) {
	var w wireItem
	// Microsoft's Az.RecoveryServices asks so for what a single item has beside the rest, the number of its recovery points.
	query := url.Values{"$filter": {"expand eq 'extendedinfo'"}}
	if err := c.arm.Do(ctx, arm.Request{Method: http.MethodGet, Path: id, APIVersion: catalog.BackupAPIVersion, Query: query}, &w); err != nil {
		return ProtectedVM{}, err
	}
	return w.protectedVM(c.Now())
}

func (c *Client) listItems(ctx context.Context, vault string) iter.Seq2[ProtectedVM, error] {
	return c.listItemsIn(ctx, vault, catalog.BackupAPIVersion)
}

func (c *Client) listItemsIn(ctx context.Context, vault, version string) iter.Seq2[ProtectedVM, error] {
	return func(yield func(ProtectedVM, error) bool) {
		for w, err := range arm.List[wireItem](ctx, c.arm, vault+"/backupProtectedItems", version, onlyVMs) {
			var v ProtectedVM
			if err == nil {
				v, err = w.protectedVM(c.Now())
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// ProtectNew is Protect for a VM that the vault does not protect yet. If it does, with or without taking backups, nothing is
// changed and the error is an *AlreadyProtectedError: the service would change the item without a word.
func (c *Client) ProtectNew(ctx context.Context, id ItemID, p Protection, progress func(status string)) (ProtectedVM, error) {
	there, found, err := c.FindProtectedVM(ctx, id)
	if found && !there.SoftDeleted {
		return ProtectedVM{}, &AlreadyProtectedError{Item: there}
	}
	if err != nil {
		return ProtectedVM{}, err
	}
	return c.protect(ctx, id, there, p, progress)
}

// AlreadyProtectedError says that the vault has the item already.
type AlreadyProtectedError struct{ Item ProtectedVM }

// Error names the VM and the vault.
func (e *AlreadyProtectedError) Error() string {
	return fmt.Sprintf("VM %q is in vault %q already", e.Item.VMName(), e.Item.ID.Vault.Name)
}

// Protect gives a VM a policy, changes the policy or the disks, or takes its backups up again; one that is soft-deleted is
// undeleted first. It returns when the service has done it. Once the service has accepted a request the value has its
// ARMID, also when the wait for the end fails, or the request after an undeletion. progress, when not nil, is told each status.
func (c *Client) Protect(ctx context.Context, id ItemID, p Protection, progress func(status string)) (ProtectedVM, error) {
	there, err := c.ProtectedVM(ctx, id)
	if err != nil && !arm.IsNotFound(err) {
		return ProtectedVM{}, err
	}
	return c.protect(ctx, id, there, p, progress)
}

// protect is Protect after the look at what there is; a zero item is nothing.
func (c *Client) protect(ctx context.Context, id ItemID, there ProtectedVM, p Protection, progress func(status string)) (ProtectedVM, error) {
	var undeleted ProtectedVM
	if there.SoftDeleted {
		undelete := wireProtection{ProtectedItemType: protectedVMType, SourceResourceID: there.SourceVMID, IsRehydrate: true}
		var err error
		if undeleted, err = c.putItem(ctx, id, false, undelete, progress); err != nil {
			return undeleted, err
		}
	}
	body := wireProtection{ProtectedItemType: protectedVMType, SourceResourceID: p.SourceVMID, PolicyID: p.PolicyID}
	if p.Disks != nil || there.Disks != nil {
		body.ExtendedProperties = newWireDisks(p.Disks)
	}
	asked := c.askForPolicy(ctx, id.Vault, there.PolicyID, p.PolicyID)
	body.ResourceGuardOperationRequests = asked.requests()
	protected, err := c.putItem(ctx, id, there.ARMID == "", body, progress)
	err = asked.refusal(err)
	if protected.ARMID == "" {
		return undeleted, err // refused, and what was undeleted before is there
	}
	return protected, err
}

// StopProtection takes no more backups of a VM and keeps those there are: for ever with StateStopped, as long as the policy
// says with StateSuspended, which needs an immutable vault.
func (c *Client) StopProtection(ctx context.Context, id ItemID, state string, progress func(status string)) (ProtectedVM, error) {
	there, err := c.ProtectedVMOrGone(ctx, id)
	if err != nil {
		return ProtectedVM{}, err
	}
	body := wireProtection{ProtectedItemType: protectedVMType, SourceResourceID: there.SourceVMID, ProtectionState: state}
	var asked asksGuard
	if state == StateStopped {
		asked = c.ask(ctx, id.Vault, catalog.StopBackups)
		body.ResourceGuardOperationRequests = asked.requests()
	}
	v, err := c.putItem(ctx, id, false, body, progress)
	return v, asked.refusal(err)
}

// Unprotect stops the protection of a VM and deletes its backups; with soft delete they are kept for a while. An item that
// is known to exist no longer is success, as in Delete.
func (c *Client) Unprotect(ctx context.Context, id ItemID, progress func(status string)) error {
	defer c.writesItem(id)()
	guard := c.guarding(ctx, id.Vault)
	if err := c.unlock(ctx, guard, catalog.DeleteBackups, id.String()); err != nil {
		return err
	}
	return guardedBy(guard, catalog.DeleteBackups, c.remove(ctx, c.itemChild(id), progress))
}

// putItem writes an item and waits for the end. When no answer tells what came of the write, an item that is there and shows
// what was asked for is taken for written; when there was none before, another is an *AlreadyProtectedError.
func (c *Client) putItem(ctx context.Context, id ItemID, isNew bool, body wireProtection, progress func(string)) (ProtectedVM, error) {
	if err := errors.Join(id.Vault.Validate(), context.Cause(ctx)); err != nil {
		return ProtectedVM{}, err
	}
	defer c.writesItem(id)()
	look := unhurried(c.readItem, id.String())
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodPut, Path: id.String(), APIVersion: catalog.BackupAPIVersion,
		Body: map[string]any{"properties": body}, Heard: true,
	})
	found, err := lookAfter(ctx, err, look)
	switch {
	case found != nil && body.shownBy(*found):
		c.inventory.registered(id.Vault)
		return *found, nil
	case found != nil && isNew:
		return ProtectedVM{}, &AlreadyProtectedError{Item: *found}
	case err != nil:
		return ProtectedVM{}, err
	}
	c.inventory.registered(id.Vault)
	var w wireItem
	if op.Finished && json.Unmarshal(op.Accepted, &w) == nil {
		if v, err := w.protectedVM(c.Now()); err == nil {
			return v, nil
		}
	}
	v, err := follow(ctx, c, accepted[ProtectedVM]{
		op: op, result: c.itemLeft(op), look: look, stands: func(v ProtectedVM) standing { return standing{status: v.State, shows: body.shownBy(v)} }, progress: progress,
	})
	if err != nil {
		// Until it is seen it is what was asked for.
		v = ProtectedVM{
			ID: id, ARMID: id.String(), SourceVMID: body.SourceResourceID, PolicyID: body.PolicyID, State: body.ProtectionState,
			Disks: orZero(body.ExtendedProperties).Disks.disks(),
		}
	}
	return v, err
}

// itemLeft reads the item that an operation leaves behind.
func (c *Client) itemLeft(op *arm.Operation) func(context.Context) (ProtectedVM, arm.Look, error) {
	return func(ctx context.Context) (ProtectedVM, arm.Look, error) {
		var w wireItem
		look, err := op.Result(ctx, &w)
		if err != nil || !look.Done {
			return ProtectedVM{}, look, err
		}
		v, err := w.protectedVM(c.Now())
		return v, look, err
	}
}

// shownBy tells whether an item is what was asked for.
func (w wireProtection) shownBy(v ProtectedVM) bool {
	switch {
	case v.SoftDeleted, !strings.EqualFold(v.SourceVMID, w.SourceResourceID):
		return false
	case w.IsRehydrate:
		return true
	case w.ProtectionState != "":
		return strings.EqualFold(v.State, w.ProtectionState)
	}
	return !v.Stopped() && strings.EqualFold(v.PolicyID, w.PolicyID) && v.Disks.same(orZero(w.ExtendedProperties).Disks.disks())
}

// same compares restrictions.
func (d *Disks) same(o *Disks) bool {
	return d == nil && o == nil || d != nil && o != nil && d.Include == o.Include && slices.Equal(d.LUNs, o.LUNs)
}

// writesItem is called before a write of an item, and wrote after it: policies count items.
func (c *Client) writesItem(id ItemID) (wrote func()) {
	vault := id.Vault.String()
	end := c.items.writing(vault, id.String())
	return func() {
		end(nil)
		c.policies.counts(vault)
	}
}

// wroteAny forgets what was read of a vault's items and policies.
func (c *Client) wroteAny(vault string) {
	c.items.wroteAny(vault)
	c.policies.wroteAny(vault)
}
