public import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Selects tickets.
///
/// The API applies the filters that it supports, so that fewer pages are read. Every ticket is also checked
/// here, so that an API that ignored a filter cannot add unwanted tickets to an export.
public struct TicketFilter: Sendable {
    /// The assignee of unassigned tickets, as the API and this filter write it.
    public static let unassigned = "Unassigned"
    /// The statuses that the API can filter by.
    private static let listableStatuses = Set(TicketStatus.allCases.map(\.rawValue))

    /// Only these statuses, as listed; empty for all.
    public var statuses: [String] = []
    /// Only tickets of the agents with these ids, or ``unassigned``; empty for all.
    public var assignees: [String] = []
    /// Only the categories with these ids; empty for all.
    public var categories: [String] = []
    /// Only tickets with one of these tags, by name or id; empty for all.
    public var tags: [String] = []
    /// Only these origins, such as `email`; empty for all.
    public var origins: [String] = []
    /// Only these ratings, 1 to 5, or 0 for tickets without one; empty for all.
    public var satisfactions: [Int] = []
    /// Only tickets created at this time or later.
    public var createdFrom: Date?
    /// Only tickets created before this time.
    public var createdBefore: Date?
    /// Only tickets that last changed at this time or earlier.
    public var unchangedSince: Date?
    /// Only these tickets; `nil` for all.
    public var ids: Set<TicketID>?
    /// Collects the tags of all tickets that are checked; `nil` for no collection.
    package var seenTags: SeenTags?
    /// A further condition; `nil` for none.
    public var condition: (@Sendable (ListedTicket) -> Bool)?

    /// Makes a filter that every ticket passes.
    public init() {}

    /// Whether a ticket passes every filter.
    ///
    /// A ticket without a value that a filter needs does not pass.
    ///
    /// - Parameter ticket: The ticket.
    /// - Returns: Whether the ticket is wanted.
    public func matches(_ ticket: ListedTicket) -> Bool {
        seenTags?.insert(ticket)
        if let ids, !ids.contains(ticket.id) { return false }
        if !statuses.isEmpty, !(ticket.status.map(statuses.contains) ?? false) { return false }
        if !assignees.isEmpty, !assignees.contains(ticket.assignedTo ?? Self.unassigned) {
            return false
        }
        if !categories.isEmpty, !(ticket.categoryID.map(categories.contains) ?? false) {
            return false
        }
        if !origins.isEmpty, !(ticket.origin.map(origins.contains) ?? false) { return false }
        if !satisfactions.isEmpty, !satisfactions.contains(ticket.satisfaction ?? 0) {
            return false
        }
        if !tags.isEmpty, !tags.contains(where: { Self.has(ticket, tag: $0) }) { return false }
        return isInTime(ticket) && condition?(ticket) ?? true
    }

    private func isInTime(_ ticket: ListedTicket) -> Bool {
        if createdFrom != nil || createdBefore != nil {
            guard let created = ticket.createdMicroseconds else { return false }
            if let createdFrom, created < createdFrom.microsecondsSince1970 { return false }
            if let createdBefore, created >= createdBefore.microsecondsSince1970 { return false }
        }
        guard let unchangedSince else { return true }
        return ticket.updatedMicroseconds.map { $0 <= unchangedSince.microsecondsSince1970 }
            ?? false
    }

    private static func has(_ ticket: ListedTicket, tag: String) -> Bool {
        if ticket.tagIDs.contains(tag) { return true }
        let folded = tag.lowercased()
        return ticket.tags.contains { $0.lowercased() == folded }
    }

    /// The most values of a filter that a query has: servers and proxies take lines of some 8 KB.
    private static let mostNarrowing = 80

    /// Adds the filters that the API supports to a query.
    ///
    /// A filter of very many values is left to ``matches(_:)``.
    ///
    /// - Parameter query: The query.
    package func narrow(_ query: inout TicketQuery) {
        if statuses.allSatisfy(Self.listableStatuses.contains) { query.statuses = statuses }
        if assignees.count <= Self.mostNarrowing { query.assignedTo = assignees }
        if categories.count <= Self.mostNarrowing { query.categories = categories }
        query.origins = origins
        query.csatValues = satisfactions.map { $0 == 0 ? "no-rating" : "\($0)" }
        // The API filters by the ids of tags and has no list of their names.
        if tags.count <= Self.mostNarrowing, tags.allSatisfy({ TicketID($0)?.isObjectID == true }) {
            query.tags = tags
        }
    }
}
