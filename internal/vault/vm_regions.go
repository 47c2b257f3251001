package vault

import (
	"context"
	"iter"

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
		read: func(ctx context.Context, id string) (wireVM, error) {
			var vm wireVM
			if err := c.arm.Get(ctx, id, catalog.VMAPIVersion, &vm); err != nil {
				return vm, err
			}
			return vm, vm.check()
		},
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

// VMRegion returns the region of a VM, in its canonical name. arm.IsNotFound tells of the error that there is no such VM;
// any other refusal leaves it open. When many VMs of a subscription are asked for in one run, a single list serves them.
func (c *Client) VMRegion(ctx context.Context, vm arm.ID) (string, error) {
	found, err := c.vms.get(ctx, vm.SubscriptionID, vm.String())
	if err != nil {
		return "", err
	}
	return catalog.NormalizeRegion(found.Location), nil
}
