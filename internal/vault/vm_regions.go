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

func (c *Client) newVMBatch() *batch[wireVM] {
	return &batch[wireVM]{
		singles: singleReads,
		read: func(ctx context.Context, id string) (wireVM, error) {
			var vm wireVM
			err := c.arm.Get(ctx, id, catalog.VMAPIVersion, &vm)
			return vm, err
		},
		list: func(ctx context.Context, subscription string) iter.Seq2[wireVM, error] {
			return arm.List[wireVM](ctx, c.arm, "/subscriptions/"+subscription+"/providers/"+catalog.VMType, catalog.VMAPIVersion, nil)
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
