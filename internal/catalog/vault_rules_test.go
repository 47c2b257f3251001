package catalog_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const (
	readerA = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a"
	vaultK  = "https://contoso.vault.azure.net/keys/backup"
)

func known(s string) catalog.Value[string] { return catalog.Known(s) }

func withIdentity(kind string, ids ...string) catalog.Value[catalog.VaultIdentity] {
	var values []catalog.Value[string]
	for _, id := range ids {
		values = append(values, known(id))
	}
	return catalog.Known(catalog.VaultIdentity{Type: known(kind), IDs: catalog.Known(values)})
}

func withKey(url string, infrastructure, system bool, user string) catalog.Value[catalog.VaultEncryption] {
	e := catalog.VaultEncryption{KeyURL: known(url), Infrastructure: catalog.Known(infrastructure), UsesSystemIdentity: catalog.Known(system)}
	if user != "" {
		e.UserIdentity = known(user)
	}
	return catalog.Known(e)
}

// One case for each thing that is said; that all of them are said where they should, and nowhere else, is the table's to
// show that asks the service too (internal/provider, TestVaultMoves).
func TestCheckVault(t *testing.T) {
	t.Parallel()
	geo, local, on := known("GeoRedundant"), known("LocallyRedundant"), catalog.Known(true)
	zoneless := catalog.Known(catalog.Region{DisplayName: "China East"})
	type vault = catalog.Vault
	system := withIdentity("SystemAssigned")
	encrypted := vault{Identity: system, Encryption: withKey(vaultK, true, true, "")}
	for name, test := range map[string]struct {
		before *vault
		after  vault
		want   []string // "field: summary: message", a "!" before what is final, a "?" before what is unsure
	}{
		"nothing said":        {nil, vault{}, nil},
		"a short name":        {nil, vault{Redundancy: known("LRS")}, []string{`storage_redundancy: Invalid storage_redundancy: "LRS" is not a storage redundancy; did you mean "LocallyRedundant"? It is one of GeoRedundant, LocallyRedundant and ZoneRedundant`}},
		"a misspelled word":   {nil, vault{SoftDelete: known("alwayson")}, []string{`soft_delete.state: Invalid soft_delete.state: soft delete is "alwayson"; did you mean "AlwaysOn"?`}},
		"a word that is none": {nil, vault{SKU: known("Premium")}, []string{`sku: Invalid sku: the sku is "Premium"; it is one of Standard, RS0`}},
		"locked": {&vault{Redundancy: geo, RedundancyLocked: on}, vault{Redundancy: local}, []string{
			`storage_redundancy: Storage redundancy is locked: the storage redundancy is GeoRedundant, which is locked since the first VM was registered with the vault; it cannot become LocallyRedundant`,
		}},
		"locked, and set to what it is": {&vault{Redundancy: geo, RedundancyLocked: on}, vault{Redundancy: geo}, nil},
		"no zones":                      {nil, vault{Region: zoneless, Redundancy: known("ZoneRedundant")}, []string{`storage_redundancy: Region has no availability zones: the region "China East" has no availability zones, which zone-redundant storage needs`}},
		"zones that are there already":  {&vault{Region: zoneless, Redundancy: known("ZoneRedundant")}, vault{Redundancy: known("ZoneRedundant")}, nil},
		"restore of a new vault":        {nil, vault{CrossRegionRestore: on}, nil},
		"restore of a local vault": {nil, vault{Redundancy: local, CrossRegionRestore: on}, []string{
			`cross_region_restore_enabled: Cross-region restore needs geo-redundant storage: cross-region restore needs the storage redundancy GeoRedundant; the storage redundancy is "LocallyRedundant"`,
		}},
		"restore of a vault that stays local": {&vault{Redundancy: local}, vault{CrossRegionRestore: on}, []string{
			`cross_region_restore_enabled: Cross-region restore needs geo-redundant storage: cross-region restore needs the storage redundancy GeoRedundant; the storage redundancy is "LocallyRedundant"`,
		}},
		"restore of a vault that has to stay local": {&vault{Redundancy: local, RedundancyLocked: on}, vault{CrossRegionRestore: on}, []string{
			`cross_region_restore_enabled: Cross-region restore needs geo-redundant storage: cross-region restore needs the storage redundancy GeoRedundant; the storage redundancy is "LocallyRedundant", and locked since the first VM was registered with the vault`,
		}},
		"restore is switched off": {&vault{Redundancy: geo, CrossRegionRestore: on}, vault{CrossRegionRestore: catalog.Known(false)}, []string{
			`cross_region_restore_enabled: Cross-region restore cannot be switched off: cross-region restore is on, and Azure never switches it off again`,
		}},
		"restore loses its copies": {&vault{Redundancy: geo, CrossRegionRestore: on}, vault{Redundancy: local}, []string{
			`storage_redundancy: Cross-region restore needs geo-redundant storage: cross-region restore needs the storage redundancy GeoRedundant; the storage redundancy is "LocallyRedundant". The vault has cross-region restore, which cannot be switched off`,
		}},
		"too few days":                    {nil, vault{SoftDeleteDays: catalog.Known[int64](13)}, []string{`soft_delete.retention_days: Invalid soft_delete.retention_days: deleted backups are kept for 14 to 180 days, not for 13`}},
		"days that Azure has by itself":   {&vault{SoftDeleteDays: catalog.Known[int64](0)}, vault{SoftDeleteDays: catalog.Known[int64](0)}, nil},
		"final at birth":                  {nil, vault{CrossSubscriptionRestore: known("PermanentlyDisabled")}, []string{`!cross_subscription_restore: Cross-subscription restore becomes PermanentlyDisabled: cross-subscription restore becomes PermanentlyDisabled, which is final. Nobody, Microsoft's support included, can undo it`}},
		"becomes final":                   {&vault{Immutability: known("Disabled")}, vault{Immutability: known("Locked")}, []string{`!immutability: Immutability becomes Locked: immutability becomes Locked, which is final. Nobody, Microsoft's support included, can undo it`}},
		"is final":                        {&vault{SoftDelete: known("AlwaysOn")}, vault{SoftDelete: known("AlwaysOn")}, nil},
		"leaves what is final":            {&vault{SoftDelete: known("AlwaysOn")}, vault{SoftDelete: known("Enabled")}, []string{`soft_delete.state: Soft delete is AlwaysOn: soft delete is AlwaysOn, which is final; it cannot become Enabled`}},
		"says nothing of what is final":   {&vault{SoftDelete: known("AlwaysOn")}, vault{}, nil},
		"refused where it is forced":      {nil, vault{SoftDeleteForced: on, SoftDelete: known("Disabled")}, []string{`soft_delete.state: Soft delete has to be AlwaysOn: soft delete is to be Disabled, which Azure refuses since 2026, but for regions and subscriptions that it has not switched over: it has to be AlwaysOn`}},
		"refused where it may be forced":  {nil, vault{SoftDeleteForced: catalog.Unknown[bool](), SoftDelete: known("Disabled")}, []string{`?soft_delete.state: Soft delete has to be AlwaysOn: soft delete is to be Disabled, which Azure refuses since 2026, but for regions and subscriptions that it has not switched over: it has to be AlwaysOn`}},
		"taken where it is not forced":    {nil, vault{SoftDeleteForced: catalog.Known(false), SoftDelete: known("Disabled")}, nil},
		"there before it was forced":      {&vault{SoftDelete: known("Disabled")}, vault{SoftDeleteForced: on, SoftDelete: known("Disabled")}, nil},
		"changed where it is forced":      {&vault{SoftDelete: known("Enabled")}, vault{SoftDeleteForced: on, SoftDelete: known("Disabled")}, []string{`soft_delete.state: Soft delete has to be AlwaysOn: soft delete is to be Disabled, which Azure refuses since 2026, but for regions and subscriptions that it has not switched over: it has to be AlwaysOn`}},
		"final where it may be forced":    {&vault{SoftDelete: known("AlwaysOn")}, vault{SoftDeleteForced: catalog.Unknown[bool](), SoftDelete: known("Disabled")}, []string{`soft_delete.state: Soft delete is AlwaysOn: soft delete is AlwaysOn, which is final; it cannot become Disabled`}},
		"forced, and born with it":        {nil, vault{SoftDeleteForced: on, SoftDelete: known("AlwaysOn")}, nil},
		"forced, and becomes it":          {&vault{SoftDelete: known("Enabled")}, vault{SoftDeleteForced: on, SoftDelete: known("AlwaysOn")}, []string{`!soft_delete.state: Soft delete becomes AlwaysOn: soft delete becomes AlwaysOn, which is final. Nobody, Microsoft's support included, can undo it`}},
		"ids are missing":                 {nil, vault{Identity: withIdentity("UserAssigned")}, []string{`identity.identity_ids: Missing identity ids: the identity type "UserAssigned" needs the ids of user-assigned identities`}},
		"ids are too many":                {nil, vault{Identity: withIdentity("SystemAssigned", readerA)}, []string{`identity.identity_ids: Identity ids without a user-assigned identity: the identity type "SystemAssigned" has no user-assigned identities`}},
		"a type that is none":             {nil, vault{Identity: withIdentity("Mine")}, []string{`identity.type: Invalid identity.type: the identity type is "Mine"; it is one of SystemAssigned, UserAssigned, SystemAssigned, UserAssigned`}},
		"encryption is removed":           {&encrypted, vault{Identity: system}, []string{`encryption: Encryption cannot be removed: encryption with a key of your own cannot be removed: Azure never undoes it`}},
		"the key is changed":              {&encrypted, vault{Identity: system, Encryption: withKey(vaultK+"/2", true, true, "")}, nil},
		"the key is no key":               {&encrypted, vault{Identity: system, Encryption: withKey("https://contoso.vault.azure.net/secrets/k", true, true, "")}, []string{`encryption.key_id: Invalid encryption.key_id: "https://contoso.vault.azure.net/secrets/k" is not the URL of a Key Vault key, such as https://contoso.vault.azure.net/keys/backup`}},
		"infrastructure is changed":       {&encrypted, vault{Identity: system, Encryption: withKey(vaultK, false, true, "")}, []string{`encryption.infrastructure_encryption_enabled: Infrastructure encryption cannot be changed: infrastructure encryption cannot be changed once the vault is encrypted; it is enabled`}},
		"no key":                          {nil, vault{Identity: system, Encryption: catalog.Known(catalog.VaultEncryption{UsesSystemIdentity: on})}, []string{`encryption.key_id: Missing key for encryption: encryption needs a key`}},
		"two readers":                     {nil, vault{Identity: system, Encryption: withKey(vaultK, true, true, readerA)}, []string{`encryption.user_assigned_identity_id: Two identities for encryption: the key is read by the system-assigned identity or by a user-assigned one, not both`}},
		"no reader":                       {nil, vault{Identity: system, Encryption: withKey(vaultK, true, false, "")}, []string{`encryption.user_assigned_identity_id: Missing identity for encryption: encryption has to name the identity that reads the key`}},
		"a reader that is not there":      {nil, vault{Encryption: withKey(vaultK, true, true, "")}, []string{`encryption: Encryption uses an identity that the vault has not: the vault does not have the identity that is to read the key: the system-assigned identity`}},
		"a reader in other letters":       {nil, vault{Identity: withIdentity("UserAssigned", readerA), Encryption: withKey(vaultK, true, false, strings.ToUpper(readerA))}, nil},
		"the reader is removed":           {&encrypted, vault{Identity: withIdentity("UserAssigned", readerA), Encryption: encrypted.Encryption}, []string{`identity: Encryption uses an identity that is removed: the system-assigned identity is the one that the vault's encryption reads its key with; it cannot be removed`}},
		"a reader that may be among them": {nil, vault{Identity: catalog.Known(catalog.VaultIdentity{Type: known("UserAssigned"), IDs: catalog.Known([]catalog.Value[string]{catalog.Unknown[string]()})}), Encryption: withKey(vaultK, true, false, readerA)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range catalog.CheckVault(test.before, test.after) {
				said := p.Field + ": " + p.Summary + ": " + p.Message
				if p.Final {
					said = "!" + said
				}
				if p.Unsure {
					said = "?" + said
				}
				got = append(got, said)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestImmutabilityStep(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"", "Locked", "Unlocked"},
		{"Disabled", "Locked", "Unlocked"},
		{"Unlocked", "Locked", "Locked"},
		{"Locked", "Locked", "Locked"},
		{"", "Unlocked", "Unlocked"},
		{"Unlocked", "Disabled", "Disabled"},
		{"", "", ""},
	} {
		if got := catalog.ImmutabilityStep(test[0], test[1]); got != test[2] {
			t.Errorf("from %q to %q by %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

// vaultAspect is something about a vault that can be absent, unknown or one of some values.
type vaultAspect struct {
	name string
	of   string // the aspect that this is a part of
	n    int    // how many ways to set it, the absent one included
	set  func(v *catalog.Vault, way int)
	hide func(v *catalog.Vault)
}

func aspect[T any](name string, at func(*catalog.Vault) *catalog.Value[T], values ...T) vaultAspect {
	return vaultAspect{name, "", len(values) + 1, func(v *catalog.Vault, way int) {
		*at(v) = catalog.Value[T]{}
		if way > 0 {
			*at(v) = catalog.Known(values[way-1])
		}
	}, func(v *catalog.Vault) { *at(v) = catalog.Unknown[T]() }}
}

// identityAspect and encryptionAspect are of something within what is there; where it is not, there is nothing to hide.
func identityAspect[T any](name string, at func(*catalog.VaultIdentity) *catalog.Value[T], values ...T) vaultAspect {
	return within(name, "identity", func(v *catalog.Vault) *catalog.Value[catalog.VaultIdentity] { return &v.Identity }, at, values)
}

func encryptionAspect[T any](name string, at func(*catalog.VaultEncryption) *catalog.Value[T], values ...T) vaultAspect {
	return within(name, "encryption", func(v *catalog.Vault) *catalog.Value[catalog.VaultEncryption] { return &v.Encryption }, at, values)
}

func within[O, T any](name, of string, object func(*catalog.Vault) *catalog.Value[O], at func(*O) *catalog.Value[T], values []T) vaultAspect {
	put := func(v *catalog.Vault, value catalog.Value[T]) {
		if o, known := object(v).Get(); known {
			*at(&o) = value
			*object(v) = catalog.Known(o)
		}
	}
	return vaultAspect{name, of, len(values) + 1, func(v *catalog.Vault, way int) {
		if way == 0 {
			put(v, catalog.Value[T]{})
			return
		}
		put(v, catalog.Known(values[way-1]))
	}, func(v *catalog.Vault) { put(v, catalog.Unknown[T]()) }}
}

var vaultAspects = []vaultAspect{
	aspect("region", func(v *catalog.Vault) *catalog.Value[catalog.Region] { return &v.Region }, catalog.Region{}, catalog.Region{Zones: true}),
	aspect("sku", func(v *catalog.Vault) *catalog.Value[string] { return &v.SKU }, append(catalog.SKUs(), "x")...),
	aspect("redundancy", func(v *catalog.Vault) *catalog.Value[string] { return &v.Redundancy }, "GeoRedundant", "LocallyRedundant", "ZoneRedundant", "LRS"),
	aspect("restore", func(v *catalog.Vault) *catalog.Value[bool] { return &v.CrossRegionRestore }, true, false),
	aspect("soft delete", func(v *catalog.Vault) *catalog.Value[string] { return &v.SoftDelete }, append(catalog.SoftDeleteStates(), "x")...),
	aspect("days", func(v *catalog.Vault) *catalog.Value[int64] { return &v.SoftDeleteDays }, 0, 14, 180, 181),
	aspect("immutability", func(v *catalog.Vault) *catalog.Value[string] { return &v.Immutability }, append(catalog.ImmutabilityStates(), "x")...),
	aspect("subscriptions", func(v *catalog.Vault) *catalog.Value[string] { return &v.CrossSubscriptionRestore }, append(catalog.CrossSubscriptionRestoreStates(), "x")...),
	aspect("identity", func(v *catalog.Vault) *catalog.Value[catalog.VaultIdentity] { return &v.Identity }, catalog.VaultIdentity{}),
	identityAspect("type", func(i *catalog.VaultIdentity) *catalog.Value[string] { return &i.Type }, append(catalog.IdentityTypes(), "x")...),
	identityAspect("ids", func(i *catalog.VaultIdentity) *catalog.Value[[]catalog.Value[string]] { return &i.IDs },
		[]catalog.Value[string]{known(readerA)}, []catalog.Value[string]{known("b")}),
	aspect("encryption", func(v *catalog.Vault) *catalog.Value[catalog.VaultEncryption] { return &v.Encryption }, catalog.VaultEncryption{}),
	encryptionAspect("key", func(e *catalog.VaultEncryption) *catalog.Value[string] { return &e.KeyURL }, vaultK, vaultK+"2", "x"),
	encryptionAspect("infrastructure", func(e *catalog.VaultEncryption) *catalog.Value[bool] { return &e.Infrastructure }, true, false),
	encryptionAspect("by system", func(e *catalog.VaultEncryption) *catalog.Value[bool] { return &e.UsesSystemIdentity }, true, false),
	encryptionAspect("by user", func(e *catalog.VaultEncryption) *catalog.Value[string] { return &e.UserIdentity }, readerA, "b"),
}

// A vault of which something is not known is refused only when it is refused whatever that turns out to be, and told to be
// final only when it is final or refused then.
func TestCheckVault_unknownIsTakenForNothing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	draw := func() (v catalog.Vault) {
		for _, a := range vaultAspects {
			way := random.IntN(a.n)
			if isFaulty := way == a.n-1; isFaulty && random.IntN(3) > 0 {
				way = random.IntN(a.n) // or nearly every vault is refused for a word that is none
			}
			a.set(&v, way)
		}
		return v
	}
	refused, taken := 0, 0
	for range 1000 {
		before, birth := draw(), random.IntN(3) == 0
		before.RedundancyLocked = catalog.Known(random.IntN(2) == 0)
		check := func(v catalog.Vault) (isRefused bool, finals []string) {
			was := &before
			if birth {
				was = nil
			}
			for _, p := range catalog.CheckVault(was, v) {
				if p.Final {
					finals = append(finals, p.Field)
				} else {
					isRefused = true
				}
			}
			return isRefused, finals
		}
		after := draw()
		for _, hidden := range vaultAspects {
			guess := after
			hidden.hide(&guess)
			isRefused, finals := check(guess)
			if isRefused {
				refused++
			} else {
				taken++
			}
			for way := range hidden.n {
				turned := after
				hidden.set(&turned, way)
				for _, part := range vaultAspects {
					if part.of == hidden.name {
						part.set(&turned, random.IntN(part.n))
					}
				}
				nowRefused, nowFinals := check(turned)
				if isRefused && !nowRefused {
					t.Fatalf("refused while %s is unknown, not so when it is known:\nbefore %+v\nafter %+v", hidden.name, before, turned)
				}
				for _, field := range finals {
					if !nowRefused && !slices.Contains(nowFinals, field) {
						t.Fatalf("%s is final while %s is unknown, not so when it is known:\nbefore %+v\nafter %+v", field, hidden.name, before, turned)
					}
				}
			}
		}
	}
	if refused == 0 || taken == 0 {
		t.Errorf("%d are refused, %d taken", refused, taken)
	}
}
