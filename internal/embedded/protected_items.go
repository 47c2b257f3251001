package embedded

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func itemPlace(id string) place { return place{id, "operationsStatus", "operationResults"} }

// backupPlace is where a vault tells of operations after which the item they work on may be gone.
func (c *call) backupPlace() place {
	return place{c.vaultID(), "backupOperations", "backupOperationResults"}
}

// mustFindItem returns the item of the call and its vault.
func (s *Service) mustFindItem(tx *store.Tx, c *call) (*store.Document, *itemVault, error) {
	d, v, err := s.findItem(tx, c)
	if err == nil && d == nil {
		err = noSuchItem(c, codeResourceNotFound)
	}
	return d, v, err
}

// noSuchItem refuses a call about an item that does not exist, and says so when none of that name could.
func noSuchItem(c *call, code string) error {
	for _, name := range []struct{ param, what, code, example string }{
		{"container", "container", codeContainerName, "IaasVMContainer;iaasvmcontainerv2;{resource group};{virtual machine}"},
		{"item", "protected item", codeItemName, "VM;iaasvmcontainerv2;{resource group};{virtual machine}"},
	} {
		// Of a kind and what it is the name of. What else Azure holds against a name is not known.
		if kind, rest, ok := strings.Cut(c.params[name.param], ";"); !ok || kind == "" || rest == "" {
			return &Fault{
				Code: name.code,
				Message: fmt.Sprintf("The name of the %s '%s' is not in the correct format, which is such as '%s'.", name.what,
					c.params[name.param], name.example),
			}
		}
	}
	return &Fault{
		Code:    code,
		Message: fmt.Sprintf("The protected item '%s' was not found in the vault '%s'.", c.params["item"], c.params["vault"]),
	}
}

// findItem returns the item of the call, nil when there is none, and its vault.
func (s *Service) findItem(tx *store.Tx, c *call) (*store.Document, *itemVault, error) {
	vault, err := s.mustFindVault(tx, c)
	if err != nil {
		return nil, nil, err
	}
	v, err := s.readItemVault(tx, vault)
	if err != nil {
		return nil, nil, err
	}
	d, err := find(tx, typeProtectedItem, c.itemID())
	return d, v, err
}

func (s *Service) getItem(c *call) (*answer, error) {
	var body object
	err := s.view(c, func(tx *store.Tx) error {
		d, v, err := s.mustFindItem(tx, c)
		if err != nil {
			return err
		}
		body, err = renderItem(c, d, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// putItem protects a machine, changes or stops its protection, or undeletes it.
func (s *Service) putItem(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	properties, err := section(in, "properties")
	if err != nil {
		return nil, err
	}
	if err := checkItemKind(properties); err != nil {
		return nil, err
	}
	var d *store.Document
	err = s.update(c, func(tx *store.Tx) error {
		var v *itemVault
		if d, v, err = s.findItem(tx, c); err != nil {
			return err
		}
		if err := checkUsable(v.document, c.now); err != nil {
			return err
		}
		if err := checkItemFree(d, c.now); err != nil {
			return err
		}
		if properties["isRehydrate"] == true {
			return s.undeleteItem(tx, c, d, v)
		}
		if d, err = s.protect(tx, c, d, v, in); err != nil {
			return err
		}
		return lockStorage(tx, v)
	})
	if err != nil {
		return nil, err
	}
	return s.retryItem(c, s.accepted(c, &answer{status: http.StatusAccepted}, itemPlace(d.ID), d.Operation)), nil
}

// retryItem adds when to ask for the outcome of the PUT of an item. Azure says in a minute with 2025-02-01, and nothing with
// versions of 2018 and 2022. Microsoft's clients wait for that long before they ask for the first time, so that here it is
// no longer than the operation, and nothing is said where the operation is over at once.
func (s *Service) retryItem(c *call, a *answer) *answer {
	after := min(s.config.OperationTime, time.Minute)
	if s.config.RetryAfter > 0 || !c.since("2025-02-01") {
		return a
	}
	return a.retryIn(after)
}

// protect stores what a request makes of an item, which is nil when there is none yet.
func (s *Service) protect(tx *store.Tx, c *call, d *store.Document, v *itemVault, in object) (*store.Document, error) {
	kind, body, before := operationUpdate, object{}, d
	if d != nil {
		if softDeleted(d, c.now) {
			return nil, itemIsSoftDeleted(d)
		}
		var err error
		if body, err = decode(d.Body); err != nil {
			return nil, err
		}
	} else {
		kind = operationCreate
		d = &store.Document{
			ID:            itemID(v.document.ID, c.params["container"], c.params["item"]),
			Type:          typeProtectedItem,
			Subscription:  v.document.Subscription,
			ResourceGroup: v.document.ResourceGroup,
			Parent:        v.document.ID,
			Name:          c.params["item"],
		}
	}
	if err := s.checkGuardedProtection(tx, c, v, body, in); err != nil {
		return nil, err
	}
	job, err := s.settleItem(tx, c, before, v, body, in)
	if err != nil {
		return nil, err
	}
	return d, s.startItem(tx, c, d, v, kind, job, body)
}

// startItem stores what an operation makes of an item, and starts the operation and its job.
func (s *Service) startItem(tx *store.Tx, c *call, d *store.Document, v *itemVault, kind, operation string, body object) error {
	if err := s.begin(tx, d, kind, s.config.OperationTime, nil); err != nil {
		return err
	}
	j := job{operation: operation, policy: lastSegment(lookupText(body, "properties.policyId"))}
	if err := s.recordJob(tx, c, v.document, d, j); err != nil {
		return err
	}
	return save(tx, d, body)
}

// lockStorage lays out the vault's storage for its first item. From then on its redundancy stays.
func lockStorage(tx *store.Tx, v *itemVault) error {
	if storageIsLaidOut(v.setting(pathStorageVersion)) {
		return nil
	}
	properties, err := section(v.body, "properties")
	if err != nil {
		return err
	}
	properties[pathStorageVersion] = "V2"
	v.body["properties"] = properties
	return save(tx, v.document, v.body)
}

func (s *Service) undeleteItem(tx *store.Tx, c *call, d *store.Document, v *itemVault) error {
	if d == nil || !softDeleted(d, c.now) {
		return &Fault{
			Code:    codeInvalidItemInput,
			Message: fmt.Sprintf("The item '%s' is not soft-deleted, so it cannot be undeleted.", c.params["item"]),
		}
	}
	body, err := decode(d.Body)
	if err != nil {
		return err
	}
	for _, name := range []string{"deferredDeleteTimeInUTC", "softDeleteRetentionPeriodInDays"} {
		discard(body, "properties."+name)
	}
	// Its backups are there again; taking new ones needs a policy, with a request of its own.
	d.GoneAt = time.Time{}
	return s.startItem(tx, c, d, v, operationRevive, jobUndelete, body)
}
