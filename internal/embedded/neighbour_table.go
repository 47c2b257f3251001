package embedded

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const (
	networkNamespace = "Microsoft.Network"
	computeNamespace = "Microsoft.Compute"
	storageNamespace = "Microsoft.Storage"
)

// neighbours are the types of resources that are kept beside vaults. The defaults are those of Microsoft's type definitions,
// and what azurerm, azapi and the az CLI need to find.
var neighbours = []*neighbour{
	virtualMachines, disks, availabilitySets,
	virtualNetworks, subnets, publicAddresses, networkInterfaces, securityGroups, securityRules,
	storageAccounts, blobServices, fileServices,
	userIdentities, resourceGuards,
}

// topNeighbours are those that are in a resource group itself.
func topNeighbours() []*neighbour {
	return slices.DeleteFunc(slices.Clone(neighbours), (*neighbour).isChild)
}

// groupTypes are the types of what makes a resource group exist that nobody has made.
func groupTypes() []string {
	types := []string{catalog.VaultType}
	for _, n := range topNeighbours() {
		types = append(types, n.of)
	}
	return types
}

// neighbourRoutes are the places of all that is in the table. Virtual machines have routes of their own.
func neighbourRoutes() []route {
	var all []route
	for _, n := range neighbours {
		if n == virtualMachines {
			continue
		}
		scope, types := groupPath, "/providers/"+n.of
		methods := map[string]handler{http.MethodGet: n.get, http.MethodPut: n.put, http.MethodDelete: n.delete}
		if n.isChild() {
			above := strings.Split(n.of, "/")
			scope += "/providers/" + above[0] + "/" + above[1] + "/{parent}"
			types = "/" + above[2]
		} else {
			methods[http.MethodPatch] = n.patch
			all = append(all, at(n.kinds, subscriptionPath+types, get(n.list)))
		}
		if n.always != "" {
			delete(methods, http.MethodDelete)
		}
		if n.kinds != "" {
			all = append(all, at(n.kinds, scope+types, get(n.list)))
		}
		all = append(all, at(n.kind, scope+types+"/{name}", methods))
	}
	return append(all, at("storage account keys", groupPath+"/providers/"+storageAccounts.of+"/{name}/listKeys", post((*Service).listStorageKeys)))
}

var virtualMachines = &neighbour{
	kind: KindVirtualMachine, kinds: KindVirtualMachineList, of: catalog.VMType, apiVersion: catalog.VMAPIVersion,
	members: machineMembers, made: http.StatusCreated,
	owned:   []string{"properties.vmId", "properties.timeCreated", "properties.instanceView"},
	secrets: []string{"properties.osProfile.adminPassword", "properties.osProfile.customData"},
	given:   (*Service).inventoryEntry, check: (*Service).checkMachine, settle: (*Service).settleMachine, changed: (*Service).machineChanged,
}

var disks = &neighbour{
	kind: "disk", kinds: "disks", of: computeNamespace + "/disks", apiVersion: "2023-04-02",
	members: resourceMembers.and(words("managedBy managedByExtended zones extendedLocation", members{
		"sku": holds(members{"name": word, "tier": word}),
		"properties": holds(words(`timeCreated osType hyperVGeneration purchasePlan supportedCapabilities diskSizeGB diskSizeBytes uniqueId
			encryptionSettingsCollection provisioningState diskIOPSReadWrite diskMBpsReadWrite diskIOPSReadOnly diskMBpsReadOnly diskState
			encryption maxShares networkAccessPolicy diskAccessId tier burstingEnabled supportsHibernation securityProfile
			publicNetworkAccess dataAccessAuthMode optimizedForFrequentAttach`, members{
			"creationData": holds(words(`createOption storageAccountId imageReference galleryImageReference sourceUri sourceResourceId
				sourceUniqueId uploadSizeBytes logicalSectorSize securityDataUri performancePlus`)),
		})),
	})),
	made:  http.StatusOK,
	owned: []string{"managedBy", "properties.timeCreated", "properties.uniqueId", "properties.diskState", "properties.diskSizeBytes"},
	defaults: object{
		"sku": object{"name": "Standard_LRS"},
		"properties": object{
			"encryption":          object{"type": "EncryptionAtRestWithPlatformKey"},
			"networkAccessPolicy": "AllowAll", "publicNetworkAccess": "Enabled", "diskState": diskUnattached,
		},
	},
	settle: (*Service).settleDisk,
}

var availabilitySets = &neighbour{
	kind: "availability set", kinds: "availability sets", of: computeNamespace + "/availabilitySets", apiVersion: "2024-03-01",
	members: resourceMembers.and(members{
		"sku": holds(members{"name": word, "tier": word, "capacity": free}),
		"properties": holds(words(`platformUpdateDomainCount platformFaultDomainCount virtualMachines proximityPlacementGroup statuses
			scheduledEventsPolicy`)),
	}),
	made: http.StatusOK, stateless: true,
	defaults: object{"sku": object{"name": "Classic"}},
}

var subnetProperties = holds(words(`addressPrefix addressPrefixes networkSecurityGroup routeTable natGateway serviceEndpoints
	serviceEndpointPolicies privateEndpoints ipConfigurations ipConfigurationProfiles ipAllocations resourceNavigationLinks
	serviceAssociationLinks delegations purpose provisioningState privateEndpointNetworkPolicies privateLinkServiceNetworkPolicies
	applicationGatewayIPConfigurations sharingScope defaultOutboundAccess ipamPoolPrefixAllocations`))

var subnetMembers = members{"id": word, "name": word, "type": word, "etag": word, "properties": subnetProperties}

var virtualNetworks = &neighbour{
	kind: "virtual network", kinds: "virtual networks", of: networkNamespace + "/virtualNetworks", apiVersion: networkAPIVersion,
	members: resourceMembers.and(words("extendedLocation", members{
		"properties": holds(words(`virtualNetworkPeerings resourceGuid provisioningState enableDdosProtection enableVmProtection
			ddosProtectionPlan bgpCommunities encryption ipAllocations flowLogs flowTimeoutInMinutes privateEndpointVNetPolicies`, members{
			"addressSpace": holds(words("addressPrefixes ipamPoolPrefixAllocations")),
			"dhcpOptions":  holds(words("dnsServers")),
			"subnets":      listOf(holds(subnetMembers)),
		})),
	})),
	made: http.StatusCreated, owned: []string{pathResourceGUID},
	defaults: object{"properties": object{
		"virtualNetworkPeerings": []any{}, "enableDdosProtection": false, "privateEndpointVNetPolicies": "Disabled",
	}},
	parts: subnets, partsPath: "subnets",
	settle: (*Service).settleNetwork,
}

var subnets = &neighbour{
	kind: "subnet", kinds: "subnets", of: networkNamespace + "/virtualNetworks/subnets", apiVersion: networkAPIVersion,
	members: subnetMembers, made: http.StatusCreated,
	defaults: object{"properties": object{
		"delegations": []any{}, "privateEndpointNetworkPolicies": "Disabled", "privateLinkServiceNetworkPolicies": "Enabled",
	}},
}

var publicAddresses = &neighbour{
	kind: "public IP address", kinds: "public IP addresses", of: networkNamespace + "/publicIPAddresses", apiVersion: networkAPIVersion,
	members: resourceMembers.and(words("extendedLocation zones", members{
		"sku": holds(members{"name": word, "tier": word}),
		"properties": holds(words(`publicIPAllocationMethod publicIPAddressVersion ipConfiguration ddosSettings ipTags ipAddress
			publicIPPrefix idleTimeoutInMinutes resourceGuid provisioningState servicePublicIPAddress natGateway migrationPhase
			linkedPublicIPAddress deleteOption`, members{
			"dnsSettings": holds(words("domainNameLabel domainNameLabelScope fqdn reverseFqdn")),
		})),
	})),
	made: http.StatusCreated, owned: []string{pathResourceGUID, "properties.ipAddress", "properties.dnsSettings.fqdn"},
	defaults: object{
		"sku": object{"name": "Basic", "tier": "Regional"},
		"properties": object{
			"publicIPAllocationMethod": "Dynamic", "publicIPAddressVersion": "IPv4", "idleTimeoutInMinutes": 4, "ipTags": []any{},
		},
	},
	settle: (*Service).settlePublicAddress,
}

var networkInterfaces = &neighbour{
	kind: "network interface", kinds: "network interfaces", of: typeInterface, apiVersion: networkAPIVersion,
	members: resourceMembers.and(words("extendedLocation", members{
		"properties": holds(words(`virtualMachine networkSecurityGroup privateEndpoint tapConfigurations macAddress primary
			vnetEncryptionSupported enableAcceleratedNetworking disableTcpStateTracking enableIPForwarding hostedWorkloads dscpConfiguration
			resourceGuid provisioningState workloadType nicType privateLinkService migrationPhase auxiliaryMode auxiliarySku`, members{
			"dnsSettings": holds(words("dnsServers appliedDnsServers internalDnsNameLabel internalFqdn internalDomainNameSuffix")),
			"ipConfigurations": listOf(holds(members{
				"id": word, "name": word, "type": word, "etag": word,
				"properties": holds(words(`gatewayLoadBalancer virtualNetworkTaps applicationGatewayBackendAddressPools
					loadBalancerBackendAddressPools loadBalancerInboundNatRules privateIPAddress privateIPAddressPrefixLength
					privateIPAllocationMethod privateIPAddressVersion primary applicationSecurityGroups provisioningState
					privateLinkConnectionProperties`, members{"subnet": resourceReference, "publicIPAddress": resourceReference})),
			})),
		})),
	})),
	made: http.StatusCreated,
	owned: []string{
		pathResourceGUID, pathInterfaceMachine, "properties.macAddress", "properties.primary",
	},
	defaults: object{"properties": object{
		"dnsSettings":                 object{"dnsServers": []any{}, "appliedDnsServers": []any{}},
		"enableAcceleratedNetworking": false, "enableIPForwarding": false, "nicType": "Standard",
	}},
	settle: (*Service).settleInterface,
}

// resourceReference names another resource. What else comes with it is kept.
var resourceReference = holds(members{"id": word, "properties": free})

var securityRuleMembers = members{"id": word, "name": word, "type": word, "etag": word, "properties": holds(words(`description protocol
	sourcePortRange destinationPortRange sourceAddressPrefix sourceAddressPrefixes sourceApplicationSecurityGroups destinationAddressPrefix
	destinationAddressPrefixes destinationApplicationSecurityGroups sourcePortRanges destinationPortRanges access priority direction
	provisioningState`))}

var securityGroups = &neighbour{
	kind: "network security group", kinds: "network security groups", of: networkNamespace + "/networkSecurityGroups", apiVersion: networkAPIVersion,
	members: resourceMembers.and(members{
		"properties": holds(words("flushConnection defaultSecurityRules networkInterfaces subnets flowLogs resourceGuid provisioningState", members{
			"securityRules": listOf(holds(securityRuleMembers)),
		})),
	}),
	made: http.StatusCreated, owned: []string{pathResourceGUID},
	parts: securityRules, partsPath: "securityRules",
	settle: (*Service).settleNetwork,
}

var securityRules = &neighbour{
	kind: "security rule", kinds: "security rules", of: networkNamespace + "/networkSecurityGroups/securityRules", apiVersion: networkAPIVersion,
	members: securityRuleMembers, made: http.StatusCreated,
}

var storageAccounts = &neighbour{
	kind: "storage account", kinds: "storage accounts", of: storageNamespace + "/storageAccounts", apiVersion: storageAPIVersion,
	members: resourceMembers.and(words("extendedLocation zones placement", members{
		"kind": word, "identity": identity, "sku": holds(members{"name": word, "tier": word}),
		"properties": holds(words(`allowedCopyScope publicNetworkAccess sasPolicy keyPolicy customDomain encryption accessTier
			azureFilesIdentityBasedAuthentication supportsHttpsTrafficOnly isSftpEnabled isLocalUserEnabled enableExtendedGroups isHnsEnabled
			largeFileSharesState routingPreference allowBlobPublicAccess minimumTlsVersion allowSharedKeyAccess isNfsV3Enabled
			allowCrossTenantReplication defaultToOAuthAuthentication immutableStorageWithVersioning dnsEndpointType provisioningState
			primaryEndpoints primaryLocation statusOfPrimary lastGeoFailoverTime secondaryLocation statusOfSecondary creationTime
			secondaryEndpoints keyCreationTime privateEndpointConnections dualStackEndpointPreference`, members{
			"networkAcls": holds(words("bypass resourceAccessRules virtualNetworkRules ipRules ipv6Rules defaultAction")),
		})),
	})),
	made: http.StatusOK,
	owned: []string{
		"properties.creationTime", "properties.keyCreationTime", "properties.primaryEndpoints", "properties.secondaryEndpoints",
		"properties.primaryLocation", "properties.secondaryLocation", "properties.statusOfPrimary", "properties.statusOfSecondary",
	},
	defaults: object{"properties": object{
		"supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_0", "allowBlobPublicAccess": false, "privateEndpointConnections": []any{},
		"encryption":  object{"keySource": "Microsoft.Storage"},
		"networkAcls": object{"bypass": "AzureServices", "virtualNetworkRules": []any{}, "ipRules": []any{}, "defaultAction": "Allow"},
	}},
	settle: (*Service).settleStorageAccount,
}

// The services of an account are there with it, as Azure has them that nobody has changed.
var (
	blobServices = storageService("blobServices", object{
		"cors": object{"corsRules": []any{}}, "deleteRetentionPolicy": object{"enabled": false, "allowPermanentDelete": false},
	})
	fileServices = storageService("fileServices", object{
		"cors": object{"corsRules": []any{}}, "shareDeleteRetentionPolicy": object{"enabled": true, "days": 7},
		"protocolSettings": object{"smb": object{}},
	})
)

func storageService(of string, defaults object) *neighbour {
	n := &neighbour{
		kind: "storage service", of: storageNamespace + "/storageAccounts/" + of, apiVersion: storageAPIVersion,
		members: members{"id": word, "name": word, "type": word, "sku": free, "properties": holds(words(`cors defaultServiceVersion
			deleteRetentionPolicy isVersioningEnabled automaticSnapshotPolicyEnabled changeFeed restorePolicy containerDeleteRetentionPolicy
			lastAccessTimeTrackingPolicy shareDeleteRetentionPolicy protocolSettings`))},
		made: http.StatusOK, stateless: true, always: "default",
		defaults: object{"properties": defaults},
	}
	n.given = n.givenWithParent
	return n
}

var userIdentities = &neighbour{
	kind: "user-assigned identity", kinds: "user-assigned identities", of: "Microsoft.ManagedIdentity/userAssignedIdentities",
	apiVersion: "2024-11-30",
	members:    resourceMembers.and(members{"properties": holds(words("isolationScope assignmentRestrictions tenantId principalId clientId"))}),
	made:       http.StatusCreated, stateless: true,
	owned:  []string{"properties.tenantId", "properties.principalId", "properties.clientId"},
	settle: (*Service).settleUserIdentity,
}

const (
	networkAPIVersion = "2025-01-01"
	storageAPIVersion = "2025-08-01"
)
