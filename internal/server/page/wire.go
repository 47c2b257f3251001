package page

import "time"

// The wire structs, cut down to what is shown. The service, and the provider's client, have their own: shared ones would
// agree with each other while they are wrong.

type wireSubscription struct {
	SubscriptionID string `json:"subscriptionId"`
	DisplayName    string `json:"displayName"`
}

type wireVault struct {
	ID         string                `json:"id"`
	Name       string                `json:"name"`
	ETag       string                `json:"etag"`
	Location   string                `json:"location"`
	Tags       map[string]string     `json:"tags"`
	SKU        struct{ Name string } `json:"sku"`
	Properties struct {
		ProvisioningState    string `json:"provisioningState"`
		BackupStorageVersion string `json:"backupStorageVersion"`
		PublicNetworkAccess  string `json:"publicNetworkAccess"`
		RedundancySettings   struct {
			Storage            string `json:"standardTierStorageRedundancy"`
			CrossRegionRestore string `json:"crossRegionRestore"`
		} `json:"redundancySettings"`
		SecuritySettings struct {
			SoftDelete struct {
				State string `json:"softDeleteState"`
				Days  int    `json:"softDeleteRetentionPeriodInDays"`
			} `json:"softDeleteSettings"`
			Immutability struct {
				State         string `json:"state"`
				Configuration struct {
					Type string `json:"type"`
					Days int    `json:"durationInDays"`
				} `json:"configuration"`
			} `json:"immutabilitySettings"`
			SourceScan struct {
				State string `json:"state"`
			} `json:"sourceScanConfiguration"`
			MultiUser string `json:"multiUserAuthorization"`
		} `json:"securitySettings"`
		RegionOfChoice struct {
			Status string `json:"status"`
		} `json:"regionOfChoiceSettings"`
		CostManagement struct {
			Granularity string `json:"granularityLevel"`
		} `json:"costManagementSettings"`
	} `json:"properties"`
}

// wireGuard maps a vault to a resource guard.
type wireGuard struct {
	Properties struct {
		ID string `json:"resourceGuardResourceId"`
	} `json:"properties"`
}

type wireUsage struct {
	Name struct {
		Value string `json:"value"`
	} `json:"name"`
	CurrentValue int `json:"currentValue"`
}

type wireItem struct {
	ID         string `json:"id"`
	Properties struct {
		FriendlyName     string `json:"friendlyName"`
		SourceResourceID string `json:"sourceResourceId"`
		PolicyName       string `json:"policyName"`
		PolicyID         string `json:"policyId"`
		ProtectionState  string `json:"protectionState"`
		HealthStatus     string `json:"healthStatus"`
		LastBackupStatus string `json:"lastBackupStatus"`
		LastBackupTime   string `json:"lastBackupTime"`
		SoftDeleted      bool   `json:"isScheduledForDeferredDelete"`
		DeletedAt        string `json:"deferredDeleteTimeInUTC"`
		KeptDays         int    `json:"softDeleteRetentionPeriodInDays"`
		LastPoint        string `json:"lastRecoveryPoint"`
		Scan             struct {
			Status  string `json:"sourceSideScanStatus"`
			Summary string `json:"sourceSideScanSummary"`
		} `json:"sourceSideScanInfo"`
		Extended struct {
			RecoveryPoints int `json:"recoveryPointCount"`
		} `json:"extendedInfo"`
	} `json:"properties"`
}

type wirePoint struct {
	Name       string `json:"name"`
	Properties struct {
		Time  time.Time `json:"recoveryPointTime"`
		Type  string    `json:"recoveryPointType"`
		Tiers []struct {
			Type   string `json:"type"`
			Status string `json:"status"`
		} `json:"recoveryPointTierDetails"`
		Kept struct {
			Expiry string `json:"expiryTime"`
			Rule   string `json:"ruleName"`
			Fixed  struct {
				Is     bool   `json:"isImmutable"`
				Expiry string `json:"expiryTime"`
			} `json:"immutabilityProperties"`
		} `json:"recoveryPointProperties"`
		ThreatStatus string `json:"threatStatus"`
		Threats      []struct {
			Title    string `json:"threatTitle"`
			Severity string `json:"threatSeverity"`
		} `json:"threatInfo"`
	} `json:"properties"`
}

type wireJob struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		Operation string    `json:"operation"`
		VM        string    `json:"entityFriendlyName"`
		Status    string    `json:"status"`
		Start     time.Time `json:"startTime"`
		End       string    `json:"endTime"`
		Asked     bool      `json:"isUserTriggered"`
		Errors    []struct {
			Title string `json:"errorTitle"`
			Text  string `json:"errorString"`
		} `json:"errorDetails"`
	} `json:"properties"`
}

type wirePolicy struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		Kind        string                 `json:"backupManagementType"`
		Type        string                 `json:"policyType"`
		TimeZone    string                 `json:"timeZone"`
		Schedule    wireSchedule           `json:"schedulePolicy"`
		Retention   wireRetention          `json:"retentionPolicy"`
		Tiering     map[string]wireTiering `json:"tieringPolicy"`
		InstantDays int                    `json:"instantRpRetentionRangeInDays"`
		AtOnce      bool                   `json:"instantAccessSnapshotEnabled"`
		AtOnceFor   int                    `json:"instantAccessDurationMinutes"`
		Items       int                    `json:"protectedItemsCount"`
	} `json:"properties"`
}

// wireSchedule has the times of a standard policy itself, and those of an enhanced one in one of the objects.
type wireSchedule struct {
	Frequency string   `json:"scheduleRunFrequency"`
	Days      []string `json:"scheduleRunDays"`
	Times     []string `json:"scheduleRunTimes"`
	Hourly    *struct {
		Interval int    `json:"interval"`
		Start    string `json:"scheduleWindowStartTime"`
		Duration int    `json:"scheduleWindowDuration"`
	} `json:"hourlySchedule"`
	Daily *struct {
		Times []string `json:"scheduleRunTimes"`
	} `json:"dailySchedule"`
	Weekly *struct {
		Days  []string `json:"scheduleRunDays"`
		Times []string `json:"scheduleRunTimes"`
	} `json:"weeklySchedule"`
}

type wireRetention struct {
	Daily   *wireKeep `json:"dailySchedule"`
	Weekly  *wireKeep `json:"weeklySchedule"`
	Monthly *wireKeep `json:"monthlySchedule"`
	Yearly  *wireKeep `json:"yearlySchedule"`
}

// wireKeep is any of the four rules.
type wireKeep struct {
	Duration struct {
		Count int `json:"count"`
	} `json:"retentionDuration"`
	Weekdays []string `json:"daysOfTheWeek"`
	Months   []string `json:"monthsOfYear"`
	Format   string   `json:"retentionScheduleFormatType"`
	ByDate   *struct {
		Days []struct {
			Date   int  `json:"date"`
			IsLast bool `json:"isLast"`
		} `json:"daysOfTheMonth"`
	} `json:"retentionScheduleDaily"`
	ByWeek *struct {
		Weekdays []string `json:"daysOfTheWeek"`
		Weeks    []string `json:"weeksOfTheMonth"`
	} `json:"retentionScheduleWeekly"`
}

type wireTiering struct {
	Mode     string `json:"tieringMode"`
	Duration int    `json:"duration"`
	Unit     string `json:"durationType"`
}

type wireProtectable struct {
	Properties struct {
		VM string `json:"virtualMachineId"`
	} `json:"properties"`
}

type wireDeletedVault struct {
	ID         string `json:"id"`
	Properties struct {
		VaultID string    `json:"vaultId"`
		Deleted time.Time `json:"vaultDeletionTime"`
		Purged  time.Time `json:"purgeAt"`
	} `json:"properties"`
}
