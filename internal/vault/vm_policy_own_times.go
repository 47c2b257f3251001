package vault

import (
	"reflect"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// keepOwnTimes leaves in a changed policy the times of retention that an hourly policy has of its own, from another tool: times at
// which no backup begins. There is no attribute for them, so that no configuration says that they shall go. Rules without one get
// that of the others, as they would from that tool.
func keepOwnTimes(before, after map[string]any) {
	schedule := within(before, "schedulePolicy")
	if schedule[spelledIn(schedule, "scheduleRunFrequency")] != catalog.Hourly || within(after, "schedulePolicy")["scheduleRunFrequency"] != catalog.Hourly {
		return
	}
	window := within(schedule, "hourlySchedule")
	begins := []any{window[spelledIn(window, "scheduleWindowStartTime")]}
	var own any
	retention := within(before, "retentionPolicy")
	for name := range retention {
		rule := within(retention, name)
		if times, ok := rule[spelledIn(rule, "retentionTimes")].([]any); ok && len(times) > 0 && !reflect.DeepEqual(times, begins) {
			own = times
		}
	}
	if own == nil {
		return
	}
	for _, rule := range within(after, "retentionPolicy") {
		if rule, ok := rule.(map[string]any); ok {
			rule["retentionTimes"] = own
		}
	}
}

// within is the object of a member, empty when there is none.
func within(document map[string]any, name string) map[string]any {
	inner, _ := document[spelledIn(document, name)].(map[string]any)
	return inner
}
