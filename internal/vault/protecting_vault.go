package vault

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// statusQuestions is how many VMs are asked about one by one. Beyond that the items of all vaults are listed, which takes a
// call for each vault instead of one for each VM. The lists cover the VM's subscription and those whose vaults this run has
// read; a vault of yet another subscription is left for the service to find.
const statusQuestions = 5

// protections remembers which vault protects which VM. It forgets all as soon as this process writes an item.
type protections struct {
	mu       sync.Mutex
	asked    int
	listed   map[string]bool   // lower-cased subscriptions
	byVM     map[string]ItemID // by the key of the VM's id
	forgets  int
	ensuring sync.Mutex // one lists, the others wait
}

func (p *protections) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listed, p.byVM = nil, nil
	p.forgets++
}

// alone tells whether the next VM is asked about alone.
func (p *protections) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.asked <= statusQuestions
}

// ProtectingVault returns the vault that protects a VM, whichever it is. region is where the VM or its vault would be. An
// item that is soft-deleted does not count; one whose protection is stopped does, since the VM stays registered.
func (c *Client) ProtectingVault(ctx context.Context, vm arm.ID, region string) (vault arm.ID, found bool, err error) {
	if c.protections.alone() {
		return c.backupStatus(ctx, vm, region)
	}
	item, found, err := c.findItem(ctx, vm)
	if err != nil || !found {
		return arm.ID{}, false, err
	}
	// The lists may be some seconds old; nobody is told of a conflict that has just gone away.
	there, err := c.readItem(ctx, item.String())
	if arm.IsNotFound(err) || err == nil && there.SoftDeleted {
		return arm.ID{}, false, nil
	}
	return item.Vault, err == nil, err
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
	p.ensuring.Lock()
	defer p.ensuring.Unlock()
	for subscription := range c.inventory.known(vm.SubscriptionID) {
		if err := c.listProtections(ctx, subscription); err != nil {
			return ItemID{}, false, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	item, found := p.byVM[vm.Key()]
	return item, found, nil
}

// listProtections lists the items of the vaults of a subscription, unless that has been done.
func (c *Client) listProtections(ctx context.Context, subscription string) error {
	p := &c.protections
	p.mu.Lock()
	done, forgets := p.listed[subscription], p.forgets
	p.mu.Unlock()
	if done {
		return nil
	}
	byVM := map[string]ItemID{}
	for v, err := range c.List(ctx, subscription, "") {
		if err != nil {
			return err
		}
		if !v.RedundancyLocked {
			continue // has never protected anything
		}
		for item, err := range c.ProtectedVMs(ctx, v.ID) {
			if err != nil {
				return err
			}
			if vm, err := ParseVMID(item.SourceVMID); err == nil && !item.SoftDeleted {
				byVM[vm.Key()] = item.ID
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.forgets != forgets {
		return nil // written meanwhile: what was read is good for this question and no other
	}
	if p.listed == nil {
		p.listed, p.byVM = map[string]bool{}, map[string]ItemID{}
	}
	p.listed[subscription] = true
	for key, item := range byVM {
		p.byVM[key] = item
	}
	return nil
}
