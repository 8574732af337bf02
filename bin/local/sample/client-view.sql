-- "ClientView" as Prisma creates it for the assistant.
CREATE TABLE "ClientView" (
    "phoneNumber"      TEXT NOT NULL,
    "name"             TEXT,
    "userName"         TEXT,
    "labels"           TEXT,
    "chatId"           TEXT,
    "lastActivity"     TIMESTAMP(3) NOT NULL,
    "threadId"         TEXT,
    "threadTokenCount" INTEGER DEFAULT 0,
    CONSTRAINT "ClientView_pkey" PRIMARY KEY ("phoneNumber")
);
CREATE UNIQUE INDEX "ClientView_chatId_key" ON "ClientView" ("chatId");
