"""IANA-ITU-ALARM-TC-MIB (RFC 3877, revision 2014-05-22): probable causes and event types by number and by name.

SNMP tells them by number, syslog (RFC 5674) by name. A name that X.733 has too becomes ours: the MIB's suffix X733 (for
what M.3100 has as well) goes, its slips of the pen are put right.
"""

from streams.edge import words

_CAUSES = {
    1: "aIS callSetUpFailure degradedSignal farEndReceiverFailure framingError lossOfFrame lossOfPointer lossOfSignal payloadTypeMismatch transmissionError "
       "remoteAlarmInterface excessiveBER pathTraceMismatch unavailable signalLabelMismatch lossOfMultiFrame receiveFailure transmitFailure modulationFailure "
       "demodulationFailure broadcastChannelFailure connectionEstablishmentError invalidMessageReceived localNodeTransmissionError remoteNodeTransmissionError routingFailure",
    51: "backplaneFailure dataSetProblem equipmentIdentifierDuplication externalIFDeviceProblem lineCardProblem multiplexerProblem nEIdentifierDuplication powerProblem "
        "processorProblem protectionPathFailure receiverFailure replaceableUnitMissing replaceableUnitTypeMismatch synchronizationSourceMismatch terminalProblem timingProblem "
        "transmitterFailure trunkCardProblem replaceableUnitProblem realTimeClockFailure antennaFailure batteryChargingFailure diskFailure frequencyHoppingFailure "
        "iODeviceError lossOfSynchronisation lossOfRedundancy powerSupplyFailure signalQualityEvaluationFailure transceiverFailure protectionMechanismFailure protectingResourceFailure",
    101: "airCompressorFailure airConditioningFailure airDryerFailure batteryDischarging batteryFailure commercialPowerFailure coolingFanFailure engineFailure fireDetectorFailure "
         "fuseFailure generatorFailure lowBatteryThreshold pumpFailure rectifierFailure rectifierHighVoltage rectifierLowVoltage ventilationsSystemFailure enclosureDoorOpen "
         "explosiveGas fire flood highHumidity highTemperature highWind iceBuildUp intrusionDetection lowFuel lowHumidity lowCablePressure lowTemperature lowWater smoke toxicGas "
         "coolingSystemFailure externalEquipmentFailure externalPointFailure",
    151: "storageCapacityProblem memoryMismatch corruptData outOfCPUCycles sfwrEnvironmentProblem sfwrDownloadFailure lossOfRealTime applicationSubsystemFailure "
         "configurationOrCustomisationError databaseInconsistency fileError outOfMemory softwareError timeoutExpired underlayingResourceUnavailable versionMismatch",
    201: "bandwidthReduced congestion excessiveErrorRate excessiveResponseTime excessiveRetransmissionRate reducedLoggingCapability systemResourcesOverload",
    500: "adapterError applicationSubsystemFailure bandwidthReduced callEstablishmentError communicationsProtocolError communicationsSubsystemFailure "
         "configurationOrCustomizationError congestion corruptData cpuCyclesLimitExceeded dataSetOrModemError degradedSignal dteDceInterfaceError enclosureDoorOpen "
         "equipmentMalfunction excessiveVibration fileError fireDetected framingError heatingVentCoolingSystemProblem humidityUnacceptable inputOutputDeviceError inputDeviceError "
         "lanError leakDetected localNodeTransmissionError lossOfFrame lossOfSignal materialSupplyExhausted multiplexerProblem outOfMemory outputDeviceError performanceDegraded "
         "powerProblems pressureUnacceptable processorProblems pumpFailure queueSizeExceeded receiveFailure receiverFailure remoteNodeTransmissionError resourceAtOrNearingCapacity "
         "responseTimeExcessive retransmissionRateExcessive softwareError softwareProgramAbnormallyTerminated softwareProgramError storageCapacityProblem temperatureUnacceptable "
         "thresholdCrossed timingProblem toxicLeakDetected transmitFailure transmitterFailure underlyingResourceUnavailable versionMismatch",
    600: "authenticationFailure breachOfConfidentiality cableTamper delayedInformation denialOfService duplicateInformation informationMissing informationModificationDetected "
         "informationOutOfSequence keyExpired nonRepudiationFailure outOfHoursActivity outOfService proceduralError unauthorizedAccessAttempt unexpectedInformation",
    1024: "other",
}
_NUMBERED = {str(first + n): name for first, names in _CAUSES.items() for n, name in enumerate(names.split())}
_AS_X733 = {
    "applicationsubsystemfailture": "applicationSubsystemFailure", "coruptdata": "corruptData", "heatingventcoolingsystemproblem": "heatingVentilationCoolingSystemProblem",
    "inputoutputdeviceerror": "ioDeviceError", "ouputdeviceerror": "outputDeviceError", "powerproblems": "powerProblem", "processorproblems": "processorProblem",
    "resourceatornearingcapacity": "resourceNearingCapacity", "responsetimeexecessive": "responseTimeExcessive", "softwareprogramabnormallyterminated": "softwareProgramTerminated",
    "transmiterfailure": "transmitterFailure", "underlayingresourceunavailable": "underlyingResourceUnavailable", "configurationorcustomisationerror": "configurationOrCustomizationError",
    "outofcpucycles": "cpuCyclesLimitExceeded", "fire": "fireDetected", "flood": "floodDetected", "excessiveresponsetime": "responseTimeExcessive",
    "excessiveretransmissionrate": "retransmissionRateExcessive", "lowtemperatue": "lowTemperature", "rectifierlowfvoltage": "rectifierLowVoltage", "tranceiverfailure": "transceiverFailure"}
_TYPES = ("communicationsAlarm", "qualityOfServiceAlarm", "processingErrorAlarm", "equipmentAlarm", "environmentalAlarm", "integrityViolation", "operationalViolation",
          "physicalViolation", "securityServiceOrMechanismViolation", "timeDomainViolation")


def cause(told: str) -> str:
    """Return the probable cause that a number or mnemonic means, in X.733's spelling where it is one of its own."""
    name = _NUMBERED.get(told, told)
    folded = words.fold(name).removesuffix("x733")
    return _AS_X733.get(folded) or words.probable_cause(name.removesuffix("X733"))


def event_type(told: str) -> str:
    """Return the X.733 alarm type that a number (1 is `other`) or mnemonic means, "" for none of them."""
    if told.isdecimal():
        return _TYPES[int(told) - 2] if len(told) < 3 and 2 <= int(told) < 2 + len(_TYPES) else ""
    return words.alarm_type(told)
