/* eslint-disable max-lines */
/**
 * DICOM PS3.15 Table E.1-1, "Application Level Confidentiality Profile Attributes": a transcription of the public
 * standard, edition current on 28 January 2025, 621 rows. Made by scripts/make-deidentification-table.mjs; not edited by
 * hand. Each line: tag (x is any digit) | keyword | action of the Basic Profile | letter:action of each option (options.ts).
 */
export const profileData = `
00001000|AffectedSOPInstanceUID|X|U:K
00001001|RequestedSOPInstanceUID|U|U:K
00020003|MediaStorageSOPInstanceUID|U|U:K
00041511|ReferencedSOPInstanceUIDInFile|U|U:K
00080012|InstanceCreationDate|X/D|F:K M:C
00080013|InstanceCreationTime|X/Z/D|F:K M:C
00080014|InstanceCreatorUID|U|U:K
00080015|InstanceCoercionDateTime|X|F:K M:C
00080017|AcquisitionUID|U|U:K
00080018|SOPInstanceUID|U|U:K
00080019|PyramidUID|U|U:K
00080020|StudyDate|Z|F:K M:C
00080021|SeriesDate|X/D|F:K M:C
00080022|AcquisitionDate|X/Z|F:K M:C
00080023|ContentDate|Z/D|F:K M:C
00080024|OverlayDate|X|F:K M:C
00080025|CurveDate|X|F:K M:C
0008002A|AcquisitionDateTime|X/Z/D|F:K M:C
00080030|StudyTime|Z|F:K M:C
00080031|SeriesTime|X/D|F:K M:C
00080032|AcquisitionTime|X/Z|F:K M:C
00080033|ContentTime|Z/D|F:K M:C
00080034|OverlayTime|X|F:K M:C
00080035|CurveTime|X|F:K M:C
00080050|AccessionNumber|Z
00080054|RetrieveAETitle|X|D:C
00080055|StationAETitle|X|D:C
00080058|FailedSOPInstanceUIDList|U|U:K
00080080|InstitutionName|X/Z/D|I:K
00080081|InstitutionAddress|X|I:K
00080082|InstitutionCodeSequence|X/Z/D|I:K
00080090|ReferringPhysicianName|Z
00080092|ReferringPhysicianAddress|X
00080094|ReferringPhysicianTelephoneNumbers|X
00080096|ReferringPhysicianIdentificationSequence|X
0008009C|ConsultingPhysicianName|Z
0008009D|ConsultingPhysicianIdentificationSequence|X
00080106|ContextGroupVersion|D|F:K M:C
00080107|ContextGroupLocalVersion|D|F:K M:C
00080201|TimezoneOffsetFromUTC|X|F:K M:C
00081000|NetworkID|X|D:C
00081010|StationName|X/Z/D|D:K
00081030|StudyDescription|X|T:C
0008103E|SeriesDescription|X|T:C
00081040|InstitutionalDepartmentName|X|I:K
00081041|InstitutionalDepartmentTypeCodeSequence|X|I:K
00081048|PhysiciansOfRecord|X
00081049|PhysiciansOfRecordIdentificationSequence|X
00081050|PerformingPhysicianName|X
00081052|PerformingPhysicianIdentificationSequence|X
00081060|NameOfPhysiciansReadingStudy|X
00081062|PhysiciansReadingStudyIdentificationSequence|X
00081070|OperatorsName|X/Z/D
00081072|OperatorIdentificationSequence|X/D
00081080|AdmittingDiagnosesDescription|X|T:C
00081084|AdmittingDiagnosesCodeSequence|X|T:C
00081088|PyramidDescription|X|T:C
00081110|ReferencedStudySequence|X/Z|U:K
00081111|ReferencedPerformedProcedureStepSequence|X/Z/D|U:K
00081120|ReferencedPatientSequence|X|U:K
00081140|ReferencedImageSequence|X/Z/U*|U:K
00081155|ReferencedSOPInstanceUID|U|U:K
00081195|TransactionUID|U|U:K
00082111|DerivationDescription|X|T:C
00082112|SourceImageSequence|X/Z/U*|U:K
00083010|IrradiationEventUID|U|U:K
00084000|IdentifyingComments|X|T:C
00100010|PatientName|Z
00100020|PatientID|Z/D
00100021|IssuerOfPatientID|X
00100030|PatientBirthDate|Z
00100032|PatientBirthTime|X
00100040|PatientSex|Z|C:K
00100050|PatientInsurancePlanCodeSequence|X
00100101|PatientPrimaryLanguageCodeSequence|X
00100102|PatientPrimaryLanguageModifierCodeSequence|X
00101000|OtherPatientIDs|X
00101001|OtherPatientNames|X
00101002|OtherPatientIDsSequence|X
00101005|PatientBirthName|X
00101010|PatientAge|X|C:K
00101020|PatientSize|X|C:K
00101030|PatientWeight|X|C:K
00101040|PatientAddress|X
00101050|InsurancePlanIdentification|X
00101060|PatientMotherBirthName|X
00101080|MilitaryRank|X
00101081|BranchOfService|X
00101090|MedicalRecordLocator|X
00101100|ReferencedPatientPhotoSequence|X
00102000|MedicalAlerts|X|T:C
00102110|Allergies|X|C:C T:C
00102150|CountryOfResidence|X
00102152|RegionOfResidence|X
00102154|PatientTelephoneNumbers|X
00102155|PatientTelecomInformation|X
00102160|EthnicGroup|X|C:K
00102180|Occupation|X|T:C
001021A0|SmokingStatus|X|C:K
001021B0|AdditionalPatientHistory|X|T:C
001021C0|PregnancyStatus|X|C:K
001021D0|LastMenstrualDate|X|F:K M:C
001021F0|PatientReligiousPreference|X
00102203|PatientSexNeutered|X/Z|C:K
00102297|ResponsiblePerson|X
00102299|ResponsibleOrganization|X
00104000|PatientComments|X|T:C
00120010|ClinicalTrialSponsorName|D
00120020|ClinicalTrialProtocolID|D
00120021|ClinicalTrialProtocolName|Z
00120022|IssuerOfClinicalTrialProtocolID|X
00120023|OtherClinicalTrialProtocolIDsSequence|X
00120030|ClinicalTrialSiteID|Z|I:K
00120031|ClinicalTrialSiteName|Z|I:K
00120032|IssuerOfClinicalTrialSiteID|X
00120040|ClinicalTrialSubjectID|D
00120041|IssuerOfClinicalTrialSubjectID|X
00120042|ClinicalTrialSubjectReadingID|D
00120043|IssuerOfClinicalTrialSubjectReadingID|X
00120050|ClinicalTrialTimePointID|Z
00120051|ClinicalTrialTimePointDescription|X|T:C
00120055|IssuerOfClinicalTrialTimePointID|X
00120060|ClinicalTrialCoordinatingCenterName|Z|I:K
00120071|ClinicalTrialSeriesID|X
00120072|ClinicalTrialSeriesDescription|X|T:C
00120073|IssuerOfClinicalTrialSeriesID|X
00120081|ClinicalTrialProtocolEthicsCommitteeName|D|I:K
00120082|ClinicalTrialProtocolEthicsCommitteeApprovalNumber|X
00120086|EthicsCommitteeApprovalEffectivenessStartDate|X|F:K M:C
00120087|EthicsCommitteeApprovalEffectivenessEndDate|X|F:K M:C
0014407C|CalibrationTime|X|D:K F:K M:C
0014407E|CalibrationDate|X|D:K F:K M:C
0016002B|MakerNote|X|T:C
0016004B|DeviceSettingDescription|X|T:C
0016004D|CameraOwnerName|X
0016004E|LensSpecification|X|D:K
0016004F|LensMake|X|D:K
00160050|LensModel|X|D:K
00160051|LensSerialNumber|X|D:K
00160070|GPSVersionID|X
00160071|GPSLatitudeRef|X
00160072|GPSLatitude|X
00160073|GPSLongitudeRef|X
00160074|GPSLongitude|X
00160075|GPSAltitudeRef|X
00160076|GPSAltitude|X
00160077|GPSTimeStamp|X
00160078|GPSSatellites|X
00160079|GPSStatus|X
0016007A|GPSMeasureMode|X
0016007B|GPSDOP|X
0016007C|GPSSpeedRef|X
0016007D|GPSSpeed|X
0016007E|GPSTrackRef|X
0016007F|GPSTrack|X
00160080|GPSImgDirectionRef|X
00160081|GPSImgDirection|X
00160082|GPSMapDatum|X
00160083|GPSDestLatitudeRef|X
00160084|GPSDestLatitude|X
00160085|GPSDestLongitudeRef|X
00160086|GPSDestLongitude|X
00160087|GPSDestBearingRef|X
00160088|GPSDestBearing|X
00160089|GPSDestDistanceRef|X
0016008A|GPSDestDistance|X
0016008B|GPSProcessingMethod|X
0016008C|GPSAreaInformation|X
0016008D|GPSDateStamp|X|F:K M:C
0016008E|GPSDifferential|X
00180010|ContrastBolusAgent|Z/D|T:C
00180027|InterventionDrugStopTime|X|F:K M:C
00180035|InterventionDrugStartTime|X|F:K M:C
00181000|DeviceSerialNumber|X/Z/D|D:K
00181002|DeviceUID|U|U:K D:K
00181004|PlateID|X|D:K
00181005|GeneratorID|X|D:K
00181007|CassetteID|X|D:K
00181008|GantryID|X|D:K
00181009|UniqueDeviceIdentifier|X|D:K
0018100A|UDISequence|X|D:K
0018100B|ManufacturerDeviceClassUID|U|U:K D:K
00181012|DateOfSecondaryCapture|X|F:K M:C
00181014|TimeOfSecondaryCapture|X|F:K M:C
00181030|ProtocolName|X/D|T:C
00181042|ContrastBolusStartTime|X|F:K M:C
00181043|ContrastBolusStopTime|X|F:K M:C
00181072|RadiopharmaceuticalStartTime|X|F:K M:C
00181073|RadiopharmaceuticalStopTime|X|F:K M:C
00181078|RadiopharmaceuticalStartDateTime|X|F:K M:C
00181079|RadiopharmaceuticalStopDateTime|X|F:K M:C
001811BB|AcquisitionFieldOfViewLabel|D|T:C
00181200|DateOfLastCalibration|X|D:K F:K M:C
00181201|TimeOfLastCalibration|X|D:K F:K M:C
00181202|DateTimeOfLastCalibration|X|D:K F:K M:C
00181203|CalibrationDateTime|Z|D:K F:K M:C
00181204|DateOfManufacture|X|D:K F:K M:C
00181205|DateOfInstallation|X|D:K F:K M:C
00181400|AcquisitionDeviceProcessingDescription|X/D|T:C
00182042|TargetUID|U|U:K
00184000|AcquisitionComments|X|T:C
00185011|TransducerIdentificationSequence|X|D:K
0018700A|DetectorID|X/D|D:K
0018700C|DateOfLastDetectorCalibration|X/D|D:K F:K M:C
0018700E|TimeOfLastDetectorCalibration|X/D|D:K F:K M:C
00189074|FrameAcquisitionDateTime|D|F:K M:C
00189151|FrameReferenceDateTime|D|F:K M:C
00189185|RespiratoryMotionCompensationTechniqueDescription|X|T:C
00189367|XRaySourceID|D|D:K
00189369|SourceStartDateTime|D|F:K M:C
0018936A|SourceEndDateTime|D|F:K M:C
00189371|XRayDetectorID|D|D:K
00189373|XRayDetectorLabel|X|D:K
0018937B|MultienergyAcquisitionDescription|X|T:C
0018937F|DecompositionDescription|X|T:C
00189424|AcquisitionProtocolDescription|X|T:C
00189516|StartAcquisitionDateTime|X/D|F:K M:C
00189517|EndAcquisitionDateTime|X/D|F:K M:C
00189623|FunctionalSyncPulse|D|F:K M:C
00189701|DecayCorrectionDateTime|D|F:K M:C
00189804|ExclusionStartDateTime|D|F:K M:C
00189919|InstructionPerformedDateTime|Z/D|F:K M:C
00189937|RequestedSeriesDescription|X|T:C
0018A002|ContributionDateTime|X|F:K M:C
0018A003|ContributionDescription|X|T:C
0020000D|StudyInstanceUID|U|U:K
0020000E|SeriesInstanceUID|U|U:K
00200010|StudyID|Z
00200027|PyramidLabel|X|T:C
00200052|FrameOfReferenceUID|U|U:K
00200200|SynchronizationFrameOfReferenceUID|U|U:K
00203401|ModifyingDeviceID|X|D:K
00203403|ModifiedImageDate|X|F:K M:C
00203405|ModifiedImageTime|X|F:K M:C
00203406|ModifiedImageDescription|X
00204000|ImageComments|X|T:C
00209158|FrameComments|X|T:C
00209161|ConcatenationUID|U|U:K
00209164|DimensionOrganizationUID|U|U:K
00281199|PaletteColorLookupTableUID|U|U:K
00281214|LargePaletteColorLookupTableUID|U|U:K
00284000|ImagePresentationComments|X
00320012|StudyIDIssuer|X
00320032|StudyVerifiedDate|X|F:K M:C
00320033|StudyVerifiedTime|X|F:K M:C
00320034|StudyReadDate|X|F:K M:C
00320035|StudyReadTime|X|F:K M:C
00321000|ScheduledStudyStartDate|X|F:K M:C
00321001|ScheduledStudyStartTime|X|F:K M:C
00321010|ScheduledStudyStopDate|X|F:K M:C
00321011|ScheduledStudyStopTime|X|F:K M:C
00321020|ScheduledStudyLocation|X|D:K
00321021|ScheduledStudyLocationAETitle|X|D:C
00321030|ReasonForStudy|X|T:C
00321032|RequestingPhysician|X
00321033|RequestingService|X
00321040|StudyArrivalDate|X|F:K M:C
00321041|StudyArrivalTime|X|F:K M:C
00321050|StudyCompletionDate|X|F:K M:C
00321051|StudyCompletionTime|X|F:K M:C
00321060|RequestedProcedureDescription|X/Z|T:C
00321066|ReasonForVisit|X|T:C
00321067|ReasonForVisitCodeSequence|X|T:C
00321070|RequestedContrastAgent|X|T:C
00324000|StudyComments|X|T:C
00340001|FlowIdentifierSequence|D
00340002|FlowIdentifier|D
00340005|SourceIdentifier|D
00340007|FrameOriginTimestamp|D|F:K M:C
00380004|ReferencedPatientAliasSequence|X
00380010|AdmissionID|X
00380011|IssuerOfAdmissionID|X
00380014|IssuerOfAdmissionIDSequence|X
0038001A|ScheduledAdmissionDate|X|F:K M:C
0038001B|ScheduledAdmissionTime|X|F:K M:C
0038001C|ScheduledDischargeDate|X|F:K M:C
0038001D|ScheduledDischargeTime|X|F:K M:C
0038001E|ScheduledPatientInstitutionResidence|X
00380020|AdmittingDate|X|F:K M:C
00380021|AdmittingTime|X|F:K M:C
00380030|DischargeDate|X|F:K M:C
00380032|DischargeTime|X|F:K M:C
00380040|DischargeDiagnosisDescription|X|T:C
00380050|SpecialNeeds|X|C:C
00380060|ServiceEpisodeID|X
00380061|IssuerOfServiceEpisodeID|X
00380062|ServiceEpisodeDescription|X|T:C
00380064|IssuerOfServiceEpisodeIDSequence|X
00380300|CurrentPatientLocation|X
00380400|PatientInstitutionResidence|X
00380500|PatientState|X|C:C T:C
00384000|VisitComments|X|T:C
003A0310|MultiplexGroupUID|U|U:K
003A0314|ImpedanceMeasurementDateTime|D|F:K M:C
003A0329|WaveformFilterDescription|X|T:C
003A032B|FilterLookupTableDescription|X|T:C
00400001|ScheduledStationAETitle|X|D:C
00400002|ScheduledProcedureStepStartDate|X|F:K M:C
00400003|ScheduledProcedureStepStartTime|X|F:K M:C
00400004|ScheduledProcedureStepEndDate|X|F:K M:C
00400005|ScheduledProcedureStepEndTime|X|F:K M:C
00400006|ScheduledPerformingPhysicianName|X
00400007|ScheduledProcedureStepDescription|X|T:C
00400009|ScheduledProcedureStepID|X
0040000B|ScheduledPerformingPhysicianIdentificationSequence|X
00400010|ScheduledStationName|X|D:K
00400011|ScheduledProcedureStepLocation|X|D:K
00400012|PreMedication|X|C:C
00400241|PerformedStationAETitle|X|D:C
00400242|PerformedStationName|X|D:K
00400243|PerformedLocation|X
00400244|PerformedProcedureStepStartDate|X|F:K M:C
00400245|PerformedProcedureStepStartTime|X|F:K M:C
00400250|PerformedProcedureStepEndDate|X|F:K M:C
00400251|PerformedProcedureStepEndTime|X|F:K M:C
00400253|PerformedProcedureStepID|X
00400254|PerformedProcedureStepDescription|X|T:C
00400275|RequestAttributesSequence|X|T:C
00400280|CommentsOnThePerformedProcedureStep|X|T:C
00400310|CommentsOnRadiationDose|X|T:C
0040050A|SpecimenAccessionNumber|X
00400512|ContainerIdentifier|D
00400513|IssuerOfTheContainerIdentifierSequence|Z
0040051A|ContainerDescription|X|T:C
00400551|SpecimenIdentifier|D
00400554|SpecimenUID|U|U:K
00400555|AcquisitionContextSequence|X/Z|S:C
00400562|IssuerOfTheSpecimenIdentifierSequence|Z
00400600|SpecimenShortDescription|X|T:C
00400602|SpecimenDetailedDescription|X|T:C
00400610|SpecimenPreparationSequence|Z|S:C
004006FA|SlideIdentifier|X
00401001|RequestedProcedureID|X
00401002|ReasonForTheRequestedProcedure|X|T:C
00401004|PatientTransportArrangements|X
00401005|RequestedProcedureLocation|X
0040100A|ReasonForRequestedProcedureCodeSequence|X|T:C
00401010|NamesOfIntendedRecipientsOfResults|X
00401011|IntendedRecipientsOfResultsIdentificationSequence|X
00401101|PersonIdentificationCodeSequence|D
00401102|PersonAddress|X
00401103|PersonTelephoneNumbers|X
00401104|PersonTelecomInformation|X
00401400|RequestedProcedureComments|X|T:C
00402001|ReasonForTheImagingServiceRequest|X|T:C
00402004|IssueDateOfImagingServiceRequest|X|F:K M:C
00402005|IssueTimeOfImagingServiceRequest|X|F:K M:C
00402008|OrderEnteredBy|X
00402009|OrderEntererLocation|X
00402010|OrderCallbackPhoneNumber|X
00402011|OrderCallbackTelecomInformation|X
00402016|PlacerOrderNumberImagingServiceRequest|Z
00402017|FillerOrderNumberImagingServiceRequest|Z
00402400|ImagingServiceRequestComments|X|T:C
00403001|ConfidentialityConstraintOnPatientDataDescription|X
00404005|ScheduledProcedureStepStartDateTime|X|F:K M:C
00404008|ScheduledProcedureStepExpirationDateTime|X|F:K M:C
00404010|ScheduledProcedureStepModificationDateTime|X|F:K M:C
00404011|ExpectedCompletionDateTime|X|F:K M:C
00404023|ReferencedGeneralPurposeScheduledProcedureStepTransactionUID|U|U:K
00404025|ScheduledStationNameCodeSequence|X|D:K
00404027|ScheduledStationGeographicLocationCodeSequence|X|D:K
00404028|PerformedStationNameCodeSequence|X|D:K
00404030|PerformedStationGeographicLocationCodeSequence|X|D:K
00404034|ScheduledHumanPerformersSequence|X
00404035|ActualHumanPerformersSequence|X
00404036|HumanPerformerOrganization|X
00404037|HumanPerformerName|X
00404050|PerformedProcedureStepStartDateTime|X|F:K M:C
00404051|PerformedProcedureStepEndDateTime|X|F:K M:C
00404052|ProcedureStepCancellationDateTime|X|F:K M:C
0040A023|FindingsGroupRecordingDateTrial|X|F:K M:C
0040A024|FindingsGroupRecordingTimeTrial|X|F:K M:C
0040A027|VerifyingOrganization|D
0040A030|VerificationDateTime|D|F:K M:C
0040A032|ObservationDateTime|X/D|F:K M:C
0040A033|ObservationStartDateTime|X|F:K M:C
0040A073|VerifyingObserverSequence|D
0040A075|VerifyingObserverName|D
0040A078|AuthorObserverSequence|X
0040A07A|ParticipantSequence|X
0040A07C|CustodialOrganizationSequence|X
0040A082|ParticipationDateTime|Z|F:K M:C
0040A088|VerifyingObserverIdentificationCodeSequence|Z
0040A110|DateOfDocumentOrVerbalTransactionTrial|X|F:K M:C
0040A112|TimeOfDocumentCreationOrVerbalTransactionTrial|X|F:K M:C
0040A120|DateTime|D|F:K M:C
0040A121|Date|D|F:K M:C
0040A122|Time|D|F:K M:C
0040A123|PersonName|D
0040A124|UID|U
0040A13A|ReferencedDateTime|D|F:K M:C
0040A171|ObservationUID|U|U:K
0040A172|ReferencedObservationUIDTrial|U|U:K
0040A192|ObservationDateTrial|X|F:K M:C
0040A193|ObservationTimeTrial|X|F:K M:C
0040A307|CurrentObserverTrial|X
0040A352|VerbalSourceTrial|X
0040A353|AddressTrial|X
0040A354|TelephoneNumberTrial|X
0040A358|VerbalSourceIdentifierCodeSequenceTrial|X
0040A402|ObservationSubjectUIDTrial|U|U:K
0040A730|ContentSequence|D|S:C
0040DB06|TemplateVersion|X|F:K M:C
0040DB07|TemplateLocalVersion|X|F:K M:C
0040DB0C|TemplateExtensionOrganizationUID|U|U:K
0040DB0D|TemplateExtensionCreatorUID|U|U:K
0040E004|HL7DocumentEffectiveTime|X|F:K M:C
00420011|EncapsulatedDocument|D
00440004|ApprovalStatusDateTime|X|F:K M:C
0044000B|ProductExpirationDateTime|X|F:K M:C
00440010|SubstanceAdministrationDateTime|X|F:K M:C
00440104|AssertionDateTime|D|F:K M:C
00440105|AssertionExpirationDateTime|X|F:K M:C
0050001B|ContainerComponentID|X
00500020|DeviceDescription|X|D:K
00500021|LongDeviceDescription|X|T:C
00620021|TrackingUID|U|U:K
00640003|SourceFrameOfReferenceUID|U|U:K
00686226|EffectiveDateTime|D|F:K M:C
00686270|InformationIssueDateTime|D|F:K M:C
006A0003|AnnotationGroupUID|D|U:K
006A0005|AnnotationGroupLabel|D|T:C
006A0006|AnnotationGroupDescription|X|T:C
00700001|GraphicAnnotationSequence|D|G:C
00700082|PresentationCreationDate|X|F:K M:C
00700083|PresentationCreationTime|X|F:K M:C
00700084|ContentCreatorName|Z/D
00700086|ContentCreatorIdentificationCodeSequence|X
0070031A|FiducialUID|U|U:K
00701101|PresentationDisplayCollectionUID|U|U:K
00701102|PresentationSequenceCollectionUID|U|U:K
0072000A|HangingProtocolCreationDateTime|D|F:K M:C
0072005E|SelectorAEValue|D|D:C
0072005F|SelectorASValue|D|C:K
00720061|SelectorDAValue|D|F:K M:C
00720063|SelectorDTValue|D|F:K M:C
00720065|SelectorOBValue|D
00720066|SelectorLOValue|D|T:C
00720068|SelectorLTValue|D|T:C
0072006A|SelectorPNValue|D
0072006B|SelectorTMValue|D|F:K M:C
0072006C|SelectorSHValue|D|T:C
0072006D|SelectorUNValue|D
0072006E|SelectorSTValue|D|T:C
00720070|SelectorUTValue|D|T:C
00720071|SelectorURValue|D
00741234|ReceivingAE|X|D:C
00741236|RequestingAE|X|D:C
00880140|StorageMediaFileSetUID|U|U:K
00880200|IconImageSequence|X
00880904|TopicTitle|X
00880906|TopicSubject|X
00880910|TopicAuthor|X
00880912|TopicKeywords|X
01000420|SOPAuthorizationDateTime|X|F:K M:C
04000100|DigitalSignatureUID|U
04000105|DigitalSignatureDateTime|D|F:K M:C
04000115|CertificateOfSigner|D
04000310|CertifiedTimestamp|X|F:K M:C
04000402|ReferencedDigitalSignatureSequence|X
04000403|ReferencedSOPInstanceMACSequence|X
04000404|MAC|X
04000550|ModifiedAttributesSequence|X
04000551|NonconformingModifiedAttributesSequence|X
04000552|NonconformingDataElementValue|X
04000561|OriginalAttributesSequence|X
04000562|AttributeModificationDateTime|D|F:K M:C
04000563|ModifyingSystem|D|D:K
04000564|SourceOfPreviousValues|Z|I:K
04000565|ReasonForTheAttributeModification|D|T:C
04000600|InstanceOriginStatus|X
20300020|TextString|X
21000040|CreationDate|X|F:K M:C
21000050|CreationTime|X|F:K M:C
21000070|Originator|X|D:C
21000140|DestinationAE|D|D:C
22000002|LabelText|X/Z|T:C
22000005|BarcodeValue|X/Z
30020121|PositionAcquisitionTemplateName|X|T:C
30020123|PositionAcquisitionTemplateDescription|X|T:C
30060002|StructureSetLabel|D|T:C
30060004|StructureSetName|X|T:C
30060006|StructureSetDescription|X|T:C
30060008|StructureSetDate|Z|F:K M:C
30060009|StructureSetTime|Z|F:K M:C
30060024|ReferencedFrameOfReferenceUID|U|U:K
30060026|ROIName|Z|T:C
30060028|ROIDescription|X|T:C
3006002D|ROIDateTime|X|F:K M:C
3006002E|ROIObservationDateTime|X|F:K M:C
30060038|ROIGenerationDescription|X|T:C
3006004D|ROICreatorSequence|X
3006004E|ROIInterpreterSequence|X
30060085|ROIObservationLabel|X|T:C
30060088|ROIObservationDescription|X|T:C
300600A6|ROIInterpreter|Z
300600C2|RelatedFrameOfReferenceUID|U|U:K
30080024|TreatmentControlPointDate|D|F:K M:C
30080025|TreatmentControlPointTime|D|F:K M:C
30080054|FirstTreatmentDate|X/D|F:K M:C
30080056|MostRecentTreatmentDate|X/D|F:K M:C
30080105|SourceSerialNumber|X/Z|D:K
30080162|SafePositionExitDate|D|F:K M:C
30080164|SafePositionExitTime|D|F:K M:C
30080166|SafePositionReturnDate|D|F:K M:C
30080168|SafePositionReturnTime|D|F:K M:C
30080250|TreatmentDate|X/D|F:K M:C
30080251|TreatmentTime|X/D|F:K M:C
300A0002|RTPlanLabel|D|T:C
300A0003|RTPlanName|X|T:C
300A0004|RTPlanDescription|X|T:C
300A0006|RTPlanDate|X/D|F:K M:C
300A0007|RTPlanTime|X/D|F:K M:C
300A000B|TreatmentSites|X|T:C
300A000E|PrescriptionDescription|X|T:C
300A0013|DoseReferenceUID|U|U:K
300A0016|DoseReferenceDescription|X|T:C
300A0072|FractionGroupDescription|X|T:C
300A0083|ReferencedDoseReferenceUID|U|U:K
300A00B2|TreatmentMachineName|X/Z|D:K
300A00C3|BeamDescription|X|T:C
300A00DD|BolusDescription|X|T:C
300A0196|FixationDeviceDescription|X|T:C
300A01A6|ShieldingDeviceDescription|X|T:C
300A01B2|SetupTechniqueDescription|X|T:C
300A0216|SourceManufacturer|X|D:K
300A022C|SourceStrengthReferenceDate|D|F:K M:C
300A022E|SourceStrengthReferenceTime|D|F:K M:C
300A02EB|CompensatorDescription|X|T:C
300A0608|TreatmentPositionGroupLabel|D|T:C
300A0609|TreatmentPositionGroupUID|U|U:K
300A0611|RTAccessoryHolderSlotID|Z
300A0615|RTAccessoryDeviceSlotID|Z
300A0619|RadiationDoseIdentificationLabel|D|T:C
300A0623|RadiationDoseInVivoMeasurementLabel|D|T:C
300A062A|RTToleranceSetLabel|D|T:C
300A0650|PatientSetupUID|U|U:K
300A0676|EquipmentFrameOfReferenceDescription|X|T:C
300A067C|RadiationGenerationModeLabel|D|T:C
300A067D|RadiationGenerationModeDescription|Z|T:C
300A0700|TreatmentSessionUID|U|U:K
300A0734|TreatmentToleranceViolationDescription|D|T:C
300A0736|TreatmentToleranceViolationDateTime|D|F:K M:C
300A073A|RecordedRTControlPointDateTime|D|F:K M:C
300A0741|InterlockDateTime|D|F:K M:C
300A0742|InterlockDescription|D|T:C
300A0760|OverrideDateTime|D|F:K M:C
300A0783|InterlockOriginDescription|D|T:C
300A0785|ReferencedTreatmentPositionGroupUID|U|U:K
300A078E|PatientTreatmentPreparationProcedureParameterDescription|X|T:C
300A0792|PatientTreatmentPreparationMethodDescription|X|T:C
300A0794|PatientSetupPhotoDescription|X|T:C
300A079A|DisplacementReferenceLabel|X|T:C
300C0113|ReasonForOmissionDescription|X|T:C
300C0127|BeamHoldTransitionDateTime|D|D:K F:K M:C
300E0004|ReviewDate|Z|F:K M:C
300E0005|ReviewTime|Z|F:K M:C
300E0008|ReviewerName|X/Z
30100006|ConceptualVolumeUID|U|U:K
3010000B|ReferencedConceptualVolumeUID|U|U:K
3010000F|ConceptualVolumeCombinationDescription|Z|T:C
30100013|ConstituentConceptualVolumeUID|U|U:K
30100015|SourceConceptualVolumeUID|U|U:K
30100017|ConceptualVolumeDescription|Z|T:C
3010001B|DeviceAlternateIdentifier|Z
3010002D|DeviceLabel|D|D:K
30100031|ReferencedFiducialsUID|U|U:K
30100033|UserContentLabel|D|T:C
30100034|UserContentLongLabel|D|T:C
30100035|EntityLabel|D|T:C
30100036|EntityName|X|T:C
30100037|EntityDescription|X|T:C
30100038|EntityLongLabel|D|T:C
3010003B|RTTreatmentPhaseUID|U|U:K
30100043|ManufacturerDeviceIdentifier|Z|D:K
3010004C|IntendedPhaseStartDate|X/D|F:K M:C
3010004D|IntendedPhaseEndDate|X/D|F:K M:C
30100054|RTPrescriptionLabel|D|T:C
30100056|RTTreatmentApproachLabel|X/D|T:C
3010005A|RTPhysicianIntentNarrative|Z|T:C
3010005C|ReasonForSuperseding|Z|T:C
30100061|PriorTreatmentDoseDescription|X|T:C
3010006E|DosimetricObjectiveUID|U|U:K
3010006F|ReferencedDosimetricObjectiveUID|U|U:K
30100077|TreatmentSite|X/D|T:C
3010007A|TreatmentTechniqueNotes|Z|T:C
3010007B|PrescriptionNotes|Z|T:C
3010007F|FractionationNotes|Z|T:C
30100081|PrescriptionNotesSequence|Z|T:C
30100085|IntendedFractionStartTime|X|F:K M:C
40000010|Arbitrary|X
40004000|TextComments|X
40080040|ResultsID|X
40080042|ResultsIDIssuer|X
40080100|InterpretationRecordedDate|X|F:K M:C
40080101|InterpretationRecordedTime|X|F:K M:C
40080102|InterpretationRecorder|X
40080108|InterpretationTranscriptionDate|X|F:K M:C
40080109|InterpretationTranscriptionTime|X|F:K M:C
4008010A|InterpretationTranscriber|X
4008010B|InterpretationText|X|T:C
4008010C|InterpretationAuthor|X
40080111|InterpretationApproverSequence|X
40080112|InterpretationApprovalDate|X|F:K M:C
40080113|InterpretationApprovalTime|X|F:K M:C
40080114|PhysicianApprovingInterpretation|X
40080115|InterpretationDiagnosisDescription|X|T:C
40080118|ResultsDistributionListSequence|X
40080119|DistributionName|X
4008011A|DistributionAddress|X
40080200|InterpretationID|X
40080202|InterpretationIDIssuer|X
40080300|Impressions|X|T:C
40084000|ResultsComments|X|T:C
50xxxxxx|CurveData|X|G:C
60xx3000|OverlayData|X|G:C
60xx4000|OverlayComments|X|G:C
FFFAFFFA|DigitalSignaturesSequence|X
FFFCFFFC|DataSetTrailingPadding|X
private|PrivateAttributes|X|P:C
`;
