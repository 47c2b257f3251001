package vault

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// wireVM is a virtual machine, as far as its place goes.
type wireVM struct {
	ID       string `json:"id"`
	Location string `json:"location"`
}

func (vm wireVM) check() error {
	switch {
	case vm.ID == "":
		return &arm.UnreadableError{Reason: "it has no id"}
	case vm.Location == "":
		return &arm.UnreadableError{ID: vm.ID, Reason: "it has no location"}
	}
	return nil
}

func (c *Client) newVMBatch() *batch[wireVM] {
	return &batch[wireVM]{
		singles: singleReads,
		read:    c.readVM,
		list: func(ctx context.Context, subscription string) iter.Seq2[wireVM, error] {
			path := "/subscriptions/" + subscription + "/providers/" + catalog.VMType
			return func(yield func(wireVM, error) bool) {
				for vm, err := range arm.List[wireVM](ctx, c.arm, path, catalog.VMAPIVersion, nil) {
					if err == nil {
						err = vm.check()
					}
					if !yield(vm, err) {
						return
					}
				}
			}
		},
		id: func(vm wireVM) string { return vm.ID },
	}
}

func (c *Client) readVM(ctx context.Context, id string) (vm wireVM, err error) {
	if err := c.arm.Get(ctx, id, catalog.VMAPIVersion, &vm); err != nil {
		if says(err, http.StatusNotImplemented) || arm.HasCode(err, notDescribed) {
			c.noVMs.Store(&noDescription{err: err, taken: time.Now()})
		}
		return vm, err
	}
	return vm, vm.check()
}

// notDescribed is how the embedded service, without an inventory of VMs, answers for those that no client has made.
const notDescribed = "VirtualMachineNotDescribed"

// noDescription is the answer of a service that cannot describe a VM, or any.
type noDescription struct {
	err   error
	taken time.Time
}

func says(err error, status int) bool {
	var refusal *arm.Error
	return errors.As(err, &refusal) && refusal.StatusCode == status
}

// VMRegion returns the region of a VM, in its canonical name. arm.IsNotFound tells of the error that there is no such VM;
// any other refusal leaves it open. When many VMs of a subscription are asked for in one run, a single list serves them, and a
// service that could not describe one is not asked for each that its list does not have.
func (c *Client) VMRegion(ctx context.Context, vm arm.ID) (string, error) {
	refusal := c.noVMs.Load()
	if refusal != nil && time.Since(refusal.taken) > snapshotAge {
		refusal = nil
	}
	if refusal != nil && says(refusal.err, http.StatusNotImplemented) {
		return "", refusal.err
	}
	found, err := c.vms.get(ctx, vm.SubscriptionID, vm.String(), want{listed: refusal != nil})
	if errors.Is(err, errUnlisted) {
		return "", refusal.err
	}
	if err != nil {
		return "", err
	}
	return catalog.NormalizeRegion(found.Location), nil
}
