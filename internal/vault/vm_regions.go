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

// readVM asks for a VM. A service that says that it has no such function, as the embedded one does without an inventory of VMs, is
// not asked for each of them.
func (c *Client) readVM(ctx context.Context, id string) (vm wireVM, err error) {
	if refusal := c.noVMs.Load(); refusal != nil && time.Since(refusal.taken) < snapshotAge {
		return vm, refusal.err
	}
	if err := c.arm.Get(ctx, id, catalog.VMAPIVersion, &vm); err != nil {
		var refusal *arm.Error
		if errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotImplemented {
			c.noVMs.Store(&notImplemented{err: err, taken: time.Now()})
		}
		return vm, err
	}
	return vm, vm.check()
}

// notImplemented is the answer of a service that does not have a function.
type notImplemented struct {
	err   error
	taken time.Time
}

// VMRegion returns the region of a VM, in its canonical name. arm.IsNotFound tells of the error that there is no such VM;
// any other refusal leaves it open. When many VMs of a subscription are asked for in one run, a single list serves them.
func (c *Client) VMRegion(ctx context.Context, vm arm.ID) (string, error) {
	found, err := c.vms.get(ctx, vm.SubscriptionID, vm.String(), want{})
	if err != nil {
		return "", err
	}
	return catalog.NormalizeRegion(found.Location), nil
}
