package vault

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Missing is what a vault lacks to have these settings; ok is false when it has them all.
func (s Settings) Missing(v Vault) (lacking Settings, ok bool) { return s.missing(v.Settings) }

// Apply brings an Active vault to the settings, in as many steps as the service needs, and returns it as the service
// describes it afterwards; after an error, as it was before the step that failed. Steps follow from what the vault is, so
// that an Apply that failed half-way is completed by another. The service may accept a step and ignore it, as it
// does where it forces soft delete; Missing then tells what it ignored.
func (c *Client) Apply(ctx context.Context, v Vault, wanted Settings, progress func(State)) (Vault, error) {
	var last Settings
	for {
		step, ok := wanted.missing(v.Settings)
		if !ok || reflect.DeepEqual(step, last) {
			return v, nil
		}
		last = step
		next, err := c.step(ctx, v, step, progress)
		if err != nil {
			return v, err
		}
		v = next
	}
}

// wireStep is the body of a step, with what has to be sent along as the vault has it: live tests of others saw Azure refuse one of
// the two settings of the redundancy, and the days of retention without the two states of soft delete. The period of immutability
// goes with its state, so that no state can be without it.
func wireStep(v Vault, step Settings) wireVault {
	has := v.Settings
	if step.Redundancy != nil || step.CrossRegionRestoreEnabled != nil {
		step.Redundancy = cmp.Or(step.Redundancy, has.Redundancy)
		step.CrossRegionRestoreEnabled = cmp.Or(step.CrossRegionRestoreEnabled, has.CrossRegionRestoreEnabled)
	}
	if step.Immutability != nil || step.ImmutabilityPeriod != nil {
		step.Immutability = cmp.Or(step.Immutability, has.Immutability)
		if orZero(step.Immutability) != ImmutabilityDisabled {
			step.ImmutabilityPeriod = cmp.Or(step.ImmutabilityPeriod, has.ImmutabilityPeriod)
		}
	}
	if step.SoftDelete == nil {
		return newWire(step)
	}
	soft := orZero(has.SoftDelete)
	step.SoftDelete = &SoftDelete{cmp.Or(step.SoftDelete.State, soft.State), cmp.Or(step.SoftDelete.RetentionDays, soft.RetentionDays)}
	w := newWire(step)
	sent := w.Properties.SecuritySettings.SoftDeleteSettings
	if step.SoftDelete.State == soft.State || sent.EnhancedSecurityState == "" {
		sent.EnhancedSecurityState = v.enhancedSecurity
	}
	return w
}

// step makes one write and waits for it.
func (c *Client) step(ctx context.Context, was Vault, step Settings, progress func(State)) (Vault, error) {
	id := was.ID
	if step.SKU != nil {
		// The sku changes through PUT only; the rest of the step follows in the next one.
		step = Settings{SKU: step.SKU}
		accepted, err := c.putOver(ctx, id, step, step.shownBy)
		if err != nil {
			return Vault{}, err
		}
		return c.WaitActive(ctx, accepted, progress)
	}
	if ctx.Err() != nil {
		return Vault{}, context.Cause(ctx)
	}
	c.inventory.writing(id)
	defer func() { c.inventory.wrote(id, true) }()
	body := wireStep(was, step)
	guard, ops := c.guardStep(ctx, was, step, &body)
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodPatch, Path: id.String(), APIVersion: catalog.VaultAPIVersion, Heard: true,
		BodyIn: func(version string) (any, error) { return step.in(version, body) },
	})
	v := Vault{ID: id}
	switch found, err := lookAfter(ctx, err, c.lookAt(id)); {
	case found != nil && step.shownBy(*found):
		if found.State == Active {
			return *found, nil
		}
		return c.WaitActive(ctx, *found, progress)
	case err != nil:
		for _, op := range ops {
			err = guardedBy(guard, op, err)
		}
		return Vault{}, err
	}
	var w wireVault
	if op.Finished && json.Unmarshal(op.Accepted, &w) == nil {
		if done, err := w.vault(); err == nil && done.State == Active {
			return done, nil
		}
	}
	v.operation = op.URL
	return c.settle(ctx, v, op, step.shownBy, progress)
}

// shownBy tells whether a vault has all of the settings.
func (s Settings) shownBy(v Vault) bool {
	_, lacking := s.missing(v.Settings)
	return !lacking
}

// BeginRepair writes an existing vault again, which restarts a write that Failed.
func (c *Client) BeginRepair(ctx context.Context, id arm.ID, settings Settings) (Vault, error) {
	return c.putOver(ctx, id, settings.atBirth(), func(v Vault) bool { return v.State != Failed })
}

// putOver lays settings over the vault there is and sends the whole back, since a PUT replaces what it does not name.
func (c *Client) putOver(ctx context.Context, id arm.ID, settings Settings, shows func(Vault) bool) (Vault, error) {
	document := map[string]any{}
	if err := c.arm.Get(ctx, id.String(), catalog.VaultAPIVersion, &document); err != nil {
		return Vault{}, err
	}
	v, _, err := c.put(ctx, id, func(version string) (any, error) {
		wire, err := settings.in(version, newWire(settings))
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(wire)
		if err != nil {
			return nil, err
		}
		changes := map[string]any{}
		if err := json.Unmarshal(raw, &changes); err != nil {
			return nil, err
		}
		overlay(document, changes)
		if settings.Tags != nil {
			document[spelledIn(document, "tags")] = *settings.Tags // replaced whole, not merged
		}
		return document, nil
	}, http.Header{}, shows)
	return v, err
}

// overlay lays changes over a document, member by member, at any depth.
func overlay(document, changes map[string]any) {
	for name, value := range changes {
		name = spelledIn(document, name)
		inner, ok := value.(map[string]any)
		outer, both := document[name].(map[string]any)
		if ok && both {
			overlay(outer, inner)
			continue
		}
		document[name] = value
	}
}

// spelledIn is a member's name as the document has it, in whatever letter case; a member that is not there keeps ours.
func spelledIn(document map[string]any, name string) string {
	if _, same := document[name]; same {
		return name
	}
	for spelled := range document {
		if strings.EqualFold(spelled, name) {
			return spelled
		}
	}
	return name
}
