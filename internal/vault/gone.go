package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// A 404 about an object may as well come from a wrong account or tenant, or from something broken on the way. So what an
// object is forgotten for is not the 404, nor its code, which differs between versions of the service, but what is around
// the object: its vault and its resource group, which are there or are gone themselves, and the lists, which do not have it.

// GoneError says that something no longer exists, which what is around it bears out.
type GoneError struct {
	// Vault and Group are what it has gone with, by name; empty when that is there.
	Vault, Group string
	// Answer is what the service said of it.
	Answer *arm.Error
}

// Error says what it has gone with, and the service's answer.
func (e *GoneError) Error() string {
	switch {
	case e.Group != "":
		return fmt.Sprintf("it no longer exists, nor does the resource group %q: %s", e.Group, e.Answer)
	case e.Vault != "":
		return fmt.Sprintf("it no longer exists, nor does the vault %q: %s", e.Vault, e.Answer)
	}
	return "it no longer exists: " + e.Answer.Error()
}

// Unwrap returns the service's answer.
func (e *GoneError) Unwrap() error { return e.Answer }

// IsGone tells whether something is known to exist no longer.
func IsGone(err error) bool {
	var e *GoneError
	return errors.As(err, &e)
}

// DoubtError says that the service answered that something does not exist, and that what is around it does not bear that out.
// arm.IsNotFound does not hold for it.
type DoubtError struct {
	// Answer is what the service said of the object.
	Answer *arm.Error
	// Reason is what speaks against it.
	Reason string
}

// Error gives the answer and what speaks against it.
func (e *DoubtError) Error() string {
	return fmt.Sprintf("the service answered that it does not exist (%s), which is not taken for the truth: %s", strings.TrimRight(e.Answer.Error(), "."), e.Reason)
}

func doubt(answer error, format string, args ...any) error {
	e := &DoubtError{Reason: fmt.Sprintf(format, args...)}
	errors.As(answer, &e.Answer)
	return e
}

func gone(answer error) *GoneError {
	e := &GoneError{}
	errors.As(answer, &e.Answer)
	return e
}

// The codes of answers that are about something above the object.
const (
	codeGroupMissing        = "ResourceGroupNotFound" // ARM's for a resource group that does not exist
	codeSubscriptionMissing = "SubscriptionNotFound"
)

// groupWord is how a resource group stands.
type groupWord struct {
	gone, hidden bool   // it does not exist; there is no right to see it
	doubt        string // why it is not known
	taken        time.Time
}

// groupStands tells how a resource group stands. That is asked once, and serves for as long as a list serves reads.
func (c *Client) groupStands(ctx context.Context, of arm.ID) (groupWord, error) {
	path := "/subscriptions/" + of.SubscriptionID + "/resourceGroups/" + of.ResourceGroup
	key := strings.ToLower(path)
	ask := func(ctx context.Context) (groupWord, error) {
		word, err := c.askGroup(ctx, of, path)
		word.taken = time.Now()
		return word, err
	}
	word, err := c.groupWords.get(ctx, key, ask)
	if err == nil && time.Since(word.taken) > snapshotAge {
		c.groupWords.forget(key)
		return c.groupWords.get(ctx, key, ask)
	}
	return word, err
}

// askGroup asks for a resource group itself.
func (c *Client) askGroup(ctx context.Context, of arm.ID, path string) (groupWord, error) {
	err := c.arm.Get(ctx, path, catalog.ResourceGroupAPIVersion, nil)
	switch {
	case err == nil:
		return groupWord{}, nil
	case ctx.Err() != nil:
		return groupWord{}, err
	case arm.IsForbidden(err):
		return groupWord{hidden: true}, nil
	case arm.HasCode(err, codeSubscriptionMissing):
		return groupWord{doubt: fmt.Sprintf("neither does the subscription %s, it says (%s)", of.SubscriptionID, bare(err))}, nil
	case !arm.IsNotFound(err) || !arm.HasCode(err, codeGroupMissing):
		return groupWord{doubt: fmt.Sprintf("whether the resource group %q exists could not be found out (%s)", of.ResourceGroup, bare(err))}, nil
	}
	return c.groupLeft(ctx, of)
}

// groupLeft looks for a vault of a resource group that is said not to exist. Without the right to list, the word holds.
func (c *Client) groupLeft(ctx context.Context, of arm.ID) (groupWord, error) {
	list, err := c.inventory.list(ctx, of.SubscriptionID, true)
	switch {
	case err == nil:
		for _, v := range list.vaults {
			if strings.EqualFold(v.ID.ResourceGroup, of.ResourceGroup) && !c.inventory.isDeleted(v.ID) {
				return groupWord{doubt: fmt.Sprintf("the resource group %q does not either, it says, but the vault %q of that group is still in its list of "+
					"the subscription's vaults", of.ResourceGroup, v.ID.Name)}, nil
			}
		}
	case ctx.Err() != nil:
		return groupWord{}, err
	case !arm.IsForbidden(err):
		return groupWord{doubt: fmt.Sprintf("the resource group %q does not either, it says, but the vaults of the subscription cannot be listed (%s)",
			of.ResourceGroup, bare(err))}, nil
	}
	return groupWord{gone: true}, nil
}

// bare is an error without its full stop.
func bare(err error) string { return strings.TrimRight(err.Error(), ".") }

// blamesAbove tells whether a 404 is about the resource group or the subscription.
func blamesAbove(answer error) bool {
	return arm.HasCode(answer, codeGroupMissing, codeSubscriptionMissing)
}

// aboveVault looks at what is above a vault of which the answer is that it does not exist: nil when that is there, and
// then the answer may be believed.
func (c *Client) aboveVault(ctx context.Context, id arm.ID, answer error) (groupWord, error) {
	word, err := c.groupStands(ctx, id)
	switch {
	case err != nil:
		return word, err
	case word.doubt != "":
		return word, doubt(answer, "%s", word.doubt)
	case word.gone:
		e := gone(answer)
		e.Group = id.ResourceGroup
		return word, e
	case !word.hidden && blamesAbove(answer):
		return word, doubt(answer, "the resource group %q is there, and so is its subscription", id.ResourceGroup)
	}
	return word, nil
}

// VaultOrGone is Get that is sure of what does not exist: that is a *GoneError then, and a *DoubtError when it cannot be sure.
func (c *Client) VaultOrGone(ctx context.Context, id arm.ID) (Vault, error) {
	if known := c.inventory.recallGone(id); known != nil {
		return Vault{}, known
	}
	v, err := c.Get(ctx, id)
	if !arm.IsNotFound(err) {
		return v, err
	}
	err = c.confirmGone(ctx, id, err)
	var doubtful *DoubtError
	if errors.As(err, &doubtful) {
		if again, _, lookErr := c.read(ctx, id); lookErr == nil {
			return again, nil
		}
	}
	return Vault{}, err
}

// confirmGone finds out whether a vault is gone of which the answer is that it does not exist: a *GoneError or a *DoubtError.
func (c *Client) confirmGone(ctx context.Context, id arm.ID, answer error) error {
	word, err := c.aboveVault(ctx, id, answer)
	switch {
	case IsGone(err):
		c.inventory.noteGone(id, err)
		return err
	case err != nil:
		return err
	}
	for _, err := range c.listPolicies(ctx, id.String()) {
		switch {
		case err == nil, arm.IsUnreadable(err):
			return doubt(answer, "its policies can still be listed")
		case ctx.Err() != nil:
			return err
		case !arm.IsNotFound(err) && !arm.IsForbidden(err):
			return doubt(answer, "whether it still answers for its policies could not be found out (%s)", bare(err))
		}
		return c.confirmUnlisted(ctx, id, word, answer)
	}
	return doubt(answer, "its policies can still be listed, though there are none")
}

// confirmUnlisted is confirmGone's look into the subscription's list of vaults, in the case that all else bears out the answer.
func (c *Client) confirmUnlisted(ctx context.Context, id arm.ID, word groupWord, answer error) error {
	list, err := c.inventory.list(ctx, id.SubscriptionID, true)
	switch {
	case ctx.Err() != nil:
		return err
	case err == nil && list.has(id) && !c.inventory.isDeleted(id):
		return doubt(answer, "it is still in the list of the subscription's vaults")
	case err != nil && !arm.IsForbidden(err):
		return doubt(answer, "the vaults of the subscription cannot be listed (%s)", bare(err))
	case err != nil && word.hidden:
		return doubt(answer, "there is no right to read the resource group %q nor to list the subscription's vaults (%s)", id.ResourceGroup, bare(err))
	}
	e := gone(answer)
	c.inventory.noteGone(id, e)
	return e
}

// awaitGone is told that the operation of an accepted deletion is not known any more. The object itself tells then how it
// ended: look says whether it is left, and how it stands, and confirm whether its 404 can be believed.
func (c *Client) awaitGone(ctx context.Context, answer error, look func(context.Context) (left bool, status string, err error), confirm func(answer error) error) error {
	const patience = 30 // looks, which take some minutes of Azure's rhythm
	looks := 0
	return c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		left, status, err := look(ctx)
		switch {
		case arm.IsNotFound(err):
			if err = confirm(err); err == nil || IsGone(err) {
				return arm.Look{Done: true}, nil
			}
			return arm.Look{}, err
		case err != nil:
			return arm.Look{}, err
		case !left:
			return arm.Look{Done: true}, nil
		case status != string(Deleting):
			looks++
		}
		if looks > patience {
			return arm.Look{}, doubt(answer, "the service accepted the deletion and does not know its operation, but what was to be deleted is still there (%s)", status)
		}
		return arm.Look{Status: status}, nil
	})
}
