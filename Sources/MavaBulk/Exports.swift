// A program that imports MavaBulk has the whole pipeline.
@_exported public import BulkExecution
@_exported public import BulkHistory
@_exported public import BulkPlan
@_exported public import BulkPlanning
@_exported public import BulkRecords
@_exported public import BulkReporting
@_exported public import BulkTickets
@_exported public import MavaAPI
// Of the foundations, only the error that many functions throw.
@_exported public import struct BulkSystem.FileError
