package vault

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// statusQuestions is how many VMs of a run are asked about one by one. Beyond that the items of the vaults are listed, which
// takes a call for each vault instead of one for each VM. What that gives up: the lists cover the VM's subscription and those
// whose vaults this run has had to do with, and are up to snapshotAge old. A vault of yet another subscription, and
// what others have done since, is left for the service to refuse.
const statusQuestions = 5

// protections remembers which vault protects which VM.
type protections struct {
	mu    sync.Mutex
	asked int
	lists map[string]*protectionList // by lower-cased subscription
	ours  map[string]ItemID          // what this process has protected, by the key of the VM's id
}

// protectionList are the protected VMs of a subscription's vaults, that are listed or have been.
type protectionList struct {
	done  chan struct{} // closed when the rest is set
	taken time.Time
	byVM  map[string]ItemID // by the key of the VM's id
	err   error
}

// ProtectingVault returns the vault that protects a VM, whichever it is. region is where the VM or its vault would be. An
// item that is soft-deleted does not count; one whose protection is stopped does, since the VM stays registered.
func (c *Client) ProtectingVault(ctx context.Context, vm arm.ID, region string) (vault arm.ID, found bool, err error) {
	if c.protections.alone() {
		return c.backupStatus(ctx, vm, region)
	}
	item, found, err := c.findItem(ctx, vm)
	switch {
	case ctx.Err() != nil:
		return arm.ID{}, false, ctx.Err()
	case err != nil:
		return c.backupStatus(ctx, vm, region) // no right to list
	case !found:
		return arm.ID{}, false, nil
	}
	// The lists may be some seconds old; nobody is told of a conflict that has just gone away.
	there, err := c.readItem(ctx, item.String())
	if arm.IsNotFound(err) || err == nil && there.SoftDeleted {
		return arm.ID{}, false, nil
	}
	return item.Vault, err == nil, err
}

// alone tells whether the next VM is asked about alone.
func (p *protections) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.asked <= statusQuestions
}

// protected notes what this process has protected, which no list of before knows.
func (p *protections) protected(sourceVM string, item ItemID) {
	vm, err := ParseVMID(sourceVM)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ours == nil {
		p.ours = map[string]ItemID{}
	}
	p.ours[vm.Key()] = item
}

func (c *Client) backupStatus(ctx context.Context, vm arm.ID, region string) (arm.ID, bool, error) {
	var status struct {
		ProtectionStatus string `json:"protectionStatus"`
		VaultID          string `json:"vaultId"`
	}
	err := c.arm.Do(ctx, arm.Request{
		Method: http.MethodPost,
		Path: "/subscriptions/" + vm.SubscriptionID + "/providers/" + catalog.VaultNamespace + "/locations/" +
			catalog.NormalizeRegion(region) + "/backupStatus",
		APIVersion: catalog.BackupAPIVersion,
		Body:       map[string]string{"resourceType": "VM", "resourceId": vm.String()},
	}, &status)
	if err != nil || status.VaultID == "" || strings.EqualFold(status.ProtectionStatus, "NotProtected") {
		return arm.ID{}, false, err
	}
	vault, err := ParseID(status.VaultID)
	return vault, err == nil, err
}

// findItem looks for a VM in the lists.
func (c *Client) findItem(ctx context.Context, vm arm.ID) (ItemID, bool, error) {
	p := &c.protections
	p.mu.Lock()
	item, found := p.ours[vm.Key()]
	p.mu.Unlock()
	if found {
		return item, true, nil
	}
	for subscription := range c.inventory.known(vm.SubscriptionID) {
		l := c.protectionList(ctx, subscription)
		select {
		case <-l.done:
		case <-ctx.Done():
			return ItemID{}, false, ctx.Err()
		}
		if l.err != nil {
			return ItemID{}, false, l.err
		}
		if item, found := l.byVM[vm.Key()]; found {
			return item, true, nil
		}
	}
	return ItemID{}, false, nil
}

// protectionList returns the list of a subscription, and begins it unless there is one that is young enough.
func (c *Client) protectionList(ctx context.Context, subscription string) *protectionList {
	p := &c.protections
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.lists[subscription]; l != nil && !l.old() {
		return l
	}
	if p.lists == nil {
		p.lists = map[string]*protectionList{}
	}
	l := &protectionList{done: make(chan struct{}), byVM: map[string]ItemID{}}
	p.lists[subscription] = l
	// The list serves others too, so it must not end when the one who began it is cancelled.
	go func() {
		defer close(l.done)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
		defer cancel()
		l.taken = time.Now()
		l.err = c.listProtections(ctx, subscription, l.byVM)
	}()
	return l
}

// old tells whether a list is too old to serve; one that is being fetched is not.
func (l *protectionList) old() bool {
	select {
	case <-l.done:
		return time.Since(l.taken) > snapshotAge
	default:
		return false
	}
}

// listProtections lists the items of the vaults of a subscription.
func (c *Client) listProtections(ctx context.Context, subscription string, byVM map[string]ItemID) error {
	vaults, err := c.inventory.list(ctx, subscription, false)
	if err != nil {
		return err
	}
	for _, v := range vaults.vaults {
		if !v.RedundancyLocked {
			continue // has never protected anything
		}
		for item, err := range c.ProtectedVMs(ctx, v.ID) {
			if arm.IsNotFound(err) {
				break // deleted since
			}
			if err != nil {
				return err
			}
			if vm, err := ParseVMID(item.SourceVMID); err == nil && !item.SoftDeleted {
				byVM[vm.Key()] = item.ID
			}
		}
	}
	return nil
}
