package embedded

import "strings"

// firstWholeAlerts is where the API versions begin in which the alerts of a vault are set all together or not at all. Reported
// of templates with 2024-02-01 and later, which worked with 2024-01-01 (Azure/bicep-types-az, issue 2209), and of a policy that
// wrote existing vaults (Azure/azure-monitor-baseline-alerts, issue 348); Microsoft's own example has two of the five until
// 2023-04-01, and all of them later.
const firstWholeAlerts = "2024-02-01"

const pathAlerts = "monitoringSettings."

// alertSettings are the paths of a vault's alerts below its properties.
func alertSettings() []string {
	var paths []string
	for _, s := range settings {
		if strings.HasPrefix(s.path, pathAlerts) {
			paths = append(paths, s.path)
		}
	}
	return paths
}

// checkAlertsAreWhole refuses the PUT of a vault that has a part of the alerts. That PATCH completes them in every version is our
// reading; nobody is known to have seen one.
func checkAlertsAreWhole(c *call, in object) error {
	properties, err := section(in, "properties")
	if err != nil {
		return err
	}
	alerts, err := section(properties, "monitoringSettings")
	if err != nil || len(alerts) == 0 || !c.since(firstWholeAlerts) {
		return err
	}
	var missing []string
	for _, path := range alertSettings() {
		if lookup(properties, path) == nil {
			missing = append(missing, strings.TrimPrefix(path, pathAlerts))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return invalidParameter("monitoringSettings", "It lacks "+strings.Join(missing, ", ")+". API versions from "+firstWholeAlerts+
		" on take all of the alerts or none.")
}

// fillAlerts completes the alerts of a vault that has some. One whose creator chose none has none, which azurerm depends on.
func fillAlerts(filled, given object) {
	if _, some := given["monitoringSettings"].(object); !some {
		return
	}
	for _, path := range alertSettings() {
		group, name, _ := strings.Cut(strings.TrimPrefix(path, pathAlerts), ".")
		merge(filled, object{"monitoringSettings": object{group: object{name: "Enabled"}}})
	}
}
