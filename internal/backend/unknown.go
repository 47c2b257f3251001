package backend

import "strings"

// Unknown are settings whose values depend on something that is only known after an apply.
type Unknown map[string]bool

// softDeleteForced is the name of that setting.
const softDeleteForced = "embedded.soft_delete_forced"

// Has tells whether a setting is among them.
func (u Unknown) Has(setting string) bool { return u[setting] }

// Past are those among them that decide what the embedded service shows of the past. Backups and jobs are not written down
// when they happen; they follow from the time and from these settings, whenever something is read. A plan without them can
// make and change objects, but what it reads is not what there will be: that has to wait.
func (u Unknown) Past() []string {
	var past []string
	for _, setting := range []string{"embedded.backup_time", "embedded.clock_offset", "embedded.failed_backups", "embedded.threats"} {
		if u[setting] {
			past = append(past, setting)
		}
	}
	return past
}

// needs tells whether settings are known without which the service cannot be reached, or would be another one. What is
// not among them waits:
//   - subscription_id and resource_group_name are defaults of other objects, which wait themselves;
//   - register_resource_provider is for the apply;
//   - embedded.provisioning_time and operation_time count from the moment of a write, and a plan writes nothing;
//   - embedded.soft_delete_forced says what is refused. Until it is known the plan warns of it;
//   - embedded.subscriptions and virtual_machines say what is missing. Until they are known nothing is, and the apply
//     checks again before it writes;
//   - for the others see Past.
func (o *opening) needs(settings ...string) bool {
	for _, name := range settings {
		if o.settings.Unknown[name] {
			o.add(Problem{NotKnownYet: true, Attribute: name, Summary: "Provider setting not known yet", Text: "The provider's " + name +
				" depends on something that is only known after an apply, but without it there is no service to plan with. Use a variable or a literal value; or " +
				"apply first what it comes from, with -target and the address of that resource, and then everything."})
		}
	}
	return !o.failed()
}

// without leaves settings out that the service has no use for, by the beginning of their names.
func (u Unknown) without(prefix string) Unknown {
	left := Unknown{}
	for name := range u {
		if !strings.HasPrefix(name, prefix) {
			left[name] = true
		}
	}
	return left
}
