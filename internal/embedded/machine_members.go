package embedded

// The parts of a machine that are at several places in it.
var (
	reference   = holds(members{"id": free})
	managedDisk = holds(members{
		"id": free, "storageAccountType": free, "diskEncryptionSet": reference,
		"securityProfile": holds(members{"securityEncryptionType": free, "diskEncryptionSet": reference}),
	})
	diskMembers = members{
		"name": free, "caching": free, "createOption": free, "diskSizeGB": free, "deleteOption": free, "writeAcceleratorEnabled": free,
		"vhd": holds(members{"uri": free}), "image": holds(members{"uri": free}), "managedDisk": managedDisk,
	}
)

// machineMembers are those of a virtual machine that its backup is about, and what else is commonly sent. What nobody reads
// here is spelled and kept.
var machineMembers = resourceMembers.and(members{
	"zones": listOf(word), "identity": identity, "managedBy": word,
	"plan":             holds(members{"name": free, "publisher": free, "product": free, "promotionCode": free}),
	"extendedLocation": holds(members{"name": free, "type": free}),
	"properties": holds(members{
		"vmId": word, "provisioningState": word, "timeCreated": word, "instanceView": free, "licenseType": free, "priority": free,
		"evictionPolicy": free, "extensionsTimeBudget": free, "platformFaultDomain": free, "userData": free,
		"hardwareProfile": holds(members{
			"vmSize": free, "vmSizeProperties": holds(members{"vCPUsAvailable": free, "vCPUsPerCore": free}),
		}),
		"storageProfile": holds(members{
			"imageReference": holds(members{
				"id": free, "publisher": free, "offer": free, "sku": free, "version": free, "exactVersion": free,
				"sharedGalleryImageId": free, "communityGalleryImageId": free,
			}),
			"osDisk": holds(diskMembers.and(members{
				"osType": free, "encryptionSettings": free, "diffDiskSettings": holds(members{"option": free, "placement": free}),
			})),
			"dataDisks": listOf(holds(diskMembers.and(members{
				"lun": free, "toBeDetached": free, "detachOption": free, "diskIOPSReadWrite": free, "diskMBpsReadWrite": free,
				"sourceResource": reference,
			}))),
			"diskControllerType":         free,
			"alignRegionalDisksToVMZone": free,
		}),
		"osProfile": holds(members{
			"computerName": free, "adminUsername": free, "adminPassword": free, "customData": free, "allowExtensionOperations": free,
			"requireGuestProvisionSignal": free, "secrets": free,
			"linuxConfiguration": holds(members{
				"disablePasswordAuthentication": free, "provisionVMAgent": free, "enableVMAgentPlatformUpdates": free,
				"ssh":           holds(members{"publicKeys": listOf(holds(members{"path": free, "keyData": free}))}),
				"patchSettings": free,
			}),
			"windowsConfiguration": holds(members{
				"provisionVMAgent": free, "enableAutomaticUpdates": free, "timeZone": free, "patchSettings": free, "winRM": free,
				"additionalUnattendContent": free, "enableVMAgentPlatformUpdates": free,
			}),
		}),
		"networkProfile": holds(members{
			"networkApiVersion": free, "networkInterfaceConfigurations": free,
			"networkInterfaces": listOf(holds(members{
				"id": free, "properties": holds(members{"primary": free, "deleteOption": free}),
			})),
		}),
		"securityProfile": holds(members{
			"securityType": free, "encryptionAtHost": free,
			"uefiSettings": holds(members{"secureBootEnabled": free, "vTpmEnabled": free}),
		}),
		"diagnosticsProfile":      holds(members{"bootDiagnostics": holds(members{"enabled": free, "storageUri": free})}),
		"additionalCapabilities":  holds(members{"ultraSSDEnabled": free, "hibernationEnabled": free}),
		"availabilitySet":         reference,
		"virtualMachineScaleSet":  reference,
		"proximityPlacementGroup": reference,
		"host":                    reference,
		"hostGroup":               reference,
		"billingProfile":          holds(members{"maxPrice": free}),
		"capacityReservation":     holds(members{"capacityReservationGroup": reference}),
		"scheduledEventsProfile":  free,
		"applicationProfile":      free,
	}),
})
