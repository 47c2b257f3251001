package embedded

// The bodies of answers, written for this service alone. Sharing structs with the client would make both wrong in the
// same way.

type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Details []errorDetail `json:"details,omitempty"`
}

type page struct {
	Value    []any  `json:"value"`
	NextLink string `json:"nextLink,omitempty"`
}

type operationStatus struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Status    string       `json:"status"`
	StartTime string       `json:"startTime,omitempty"`
	EndTime   string       `json:"endTime,omitempty"`
	Error     *errorDetail `json:"error,omitempty"`

	Properties object `json:"properties,omitempty"`
}

type backupStatus struct {
	ProtectionStatus   string `json:"protectionStatus"`
	VaultID            string `json:"vaultId"`
	FabricName         string `json:"fabricName"`
	ContainerName      string `json:"containerName"`
	ProtectedItemName  string `json:"protectedItemName"`
	PolicyName         string `json:"policyName"`
	RegistrationStatus string `json:"registrationStatus"`
	ErrorCode          string `json:"errorCode"`
	ErrorMessage       string `json:"errorMessage"`
}

type preValidation struct {
	Status            string `json:"status"`
	ErrorCode         string `json:"errorCode"`
	ErrorMessage      string `json:"errorMessage"`
	Recommendation    string `json:"recommendation"`
	ContainerName     string `json:"containerName"`
	ProtectedItemName string `json:"protectedItemName"`
}

type nameAvailability struct {
	NameAvailable bool   `json:"nameAvailable"`
	Reason        string `json:"reason,omitempty"`
	Message       string `json:"message,omitempty"`
}

type usage struct {
	Name         usageName `json:"name"`
	Unit         string    `json:"unit"`
	CurrentValue int       `json:"currentValue"`
	Limit        int       `json:"limit"`
	QuotaPeriod  string    `json:"quotaPeriod,omitempty"`
}

type usageName struct {
	Value          string `json:"value"`
	LocalizedValue string `json:"localizedValue"`
}

type replicationSettings struct {
	ID         string                        `json:"id"`
	Name       string                        `json:"name"`
	Type       string                        `json:"type"`
	Location   string                        `json:"location"`
	Properties replicationSettingsProperties `json:"properties"`
}

type replicationSettingsProperties struct {
	MigrationSolutionID       string `json:"migrationSolutionId"`
	VMwareToAzureProviderType string `json:"vmwareToAzureProviderType"`
}

type tenant struct {
	ID             string   `json:"id"`
	TenantID       string   `json:"tenantId"`
	TenantCategory string   `json:"tenantCategory"`
	DisplayName    string   `json:"displayName"`
	Domains        []string `json:"domains"`
}

type subscription struct {
	ID                   string               `json:"id"`
	SubscriptionID       string               `json:"subscriptionId"`
	TenantID             string               `json:"tenantId"`
	DisplayName          string               `json:"displayName"`
	State                string               `json:"state"`
	SubscriptionPolicies subscriptionPolicies `json:"subscriptionPolicies"`
	AuthorizationSource  string               `json:"authorizationSource"`
	ManagedByTenants     []any                `json:"managedByTenants"`
}

type subscriptionPolicies struct {
	LocationPlacementID string `json:"locationPlacementId"`
	QuotaID             string `json:"quotaId"`
	SpendingLimit       string `json:"spendingLimit"`
}

type location struct {
	ID                       string             `json:"id"`
	Name                     string             `json:"name"`
	Type                     string             `json:"type"`
	DisplayName              string             `json:"displayName"`
	RegionalDisplayName      string             `json:"regionalDisplayName"`
	Metadata                 locationMetadata   `json:"metadata"`
	AvailabilityZoneMappings []availabilityZone `json:"availabilityZoneMappings,omitempty"`
}

type locationMetadata struct {
	RegionType     string         `json:"regionType"`
	RegionCategory string         `json:"regionCategory"`
	Geography      string         `json:"geography"`
	PairedRegion   []pairedRegion `json:"pairedRegion"`
}

type pairedRegion struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

type availabilityZone struct {
	LogicalZone  string `json:"logicalZone"`
	PhysicalZone string `json:"physicalZone"`
}

type resourceProvider struct {
	ID                 string         `json:"id"`
	Namespace          string         `json:"namespace"`
	RegistrationState  string         `json:"registrationState"`
	RegistrationPolicy string         `json:"registrationPolicy"`
	ResourceTypes      []resourceType `json:"resourceTypes"`
}

type resourceType struct {
	ResourceType      string   `json:"resourceType"`
	Locations         []string `json:"locations"`
	APIVersions       []string `json:"apiVersions"`
	DefaultAPIVersion string   `json:"defaultApiVersion"`
	Capabilities      string   `json:"capabilities"`
}

type resourceGroup struct {
	ID         string                  `json:"id"`
	Name       string                  `json:"name"`
	Type       string                  `json:"type"`
	Location   string                  `json:"location"`
	ManagedBy  string                  `json:"managedBy,omitempty"`
	Tags       map[string]string       `json:"tags,omitempty"`
	Properties resourceGroupProperties `json:"properties"`
}

type resourceGroupProperties struct {
	ProvisioningState string `json:"provisioningState"`
}
